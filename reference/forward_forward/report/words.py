"""The text of a report in English and Japanese."""

LANGUAGES = ("en", "ja")

_WORDS = {
    "report": ("Report of {runs} runs", "{runs} 件の実行のレポート"),
    "summary": ("Experiments: {experiments}, finished runs: {done}", "実験 {experiments} 件、完了した実行 {done} 件"),
    "unfinished": ("unfinished: {n}", "未完了 {n} 件"),
    "diverged": ("diverged: {n}", "発散 {n} 件"),
    "one_run": ("Report of a run", "実行のレポート"),
    "contents": ("Contents", "目次"),
    "skip": ("Skip to the results", "結果へ移動"),
    "left_out": ("Left out to keep the page small", "ページを小さく保つために省いたもの"),
    "what": ("What was run", "実行した内容"),
    "what_note": ("Only config keys that are not the same in all experiments.", "実験の間で値が異なる設定キーだけを示します。"),
    "same": ("All configs are the same.", "すべての設定は同じです。"),
    "single": ("The config of the only experiment:", "唯一の実験の設定:"),
    "key": ("key", "キー"),
    "value": ("value", "値"),
    "absent": ("(absent)", "(なし)"),
    "machines": ("Program and machine", "プログラムと計算機"),
    "results": ("Results", "結果"),
    "results_note": ("Mean ± standard deviation (n − 1) over the finished runs, after the last epoch. Accuracies are fractions "
                     "of the images of the set.", "完了した実行についての平均 ± 標準偏差 (n − 1)、最終エポック後の値です。精度は画像数に対する割合です。"),
    "experiment": ("experiment", "実験"),
    "runs_n": ("runs", "実行数"),
    "seen": ("The test set was evaluated during training (evaluate.every_epoch) in: {names}",
             "学習中にテストセットを評価した実験 (evaluate.every_epoch): {names}"),
    "warnings": ("Warnings of the runs", "実行時の警告"),
    "each_run": ("Every run", "個々の実行"),
    "run": ("run", "実行"),
    "status": ("status", "状態"),
    "done_status": ("done", "完了"),
    "unfinished_status": ("unfinished", "未完了"),
    "diverged_status": ("diverged", "発散"),
    "curves": ("Curves by epoch", "エポックごとの推移"),
    "layers": ("Accuracy by layer", "層ごとの精度"),
    "layers_note": ("Prediction by the first 1, 2, … layers together, and by each layer alone.",
                    "先頭から 1, 2, … 層による予測と、各層単独による予測です。"),
    "by_prefix": ("Accuracy of the first layers together", "先頭の層をまとめた精度"),
    "by_layer": ("Accuracy of each layer alone", "各層単独の精度"),
    "pruning": ("Pruning", "枝刈り"),
    "pruning_note": ("Accuracy after the given share of the weights, those of smallest magnitude, was set to zero, without "
                     "retraining.", "絶対値の小さい重みを指定の割合だけ 0 にした後の精度です。再学習はしていません。"),
    "pruned_by": ("Accuracy by pruned share", "枝刈りの割合と精度"),
    "time": ("Time and memory", "時間とメモリ"),
    "confusion": ("Confusion matrices", "混同行列"),
    "confusion_note": ("Test images by class (rows) and predicted class (columns), summed over the finished runs.",
                       "テスト画像を正解クラス (行) と予測クラス (列) で数えた表です。完了した実行の合計です。"),
    "true": ("class", "正解"),
    "no_numpy": ("The Python that wrote this page has no NumPy: no confusion matrices and no weights.",
                 "このページを作成した Python には NumPy がないため、混同行列と重みはありません。"),
    "mistakes": ("Images that most runs got wrong: class → most frequent wrong prediction",
                 "最も多くの実行が間違えた画像: 正解 → 最も多い誤った予測"),
    "no_labels": ("{name}: no confusion matrix: {reason}", "{name}: 混同行列はありません: {reason}"),
    "goodness": ("Goodness by label and layer", "ラベルと層ごとの goodness"),
    "goodness_note": ("The first test images of {run}: the score of each label (columns) in each layer (rows), scaled by row; "
                      "the label with a frame is the image's.",
                      "{run} の最初のテスト画像: 各層 (行) における各ラベル (列) のスコア。行ごとに正規化し、枠は正解ラベルです。"),
    "weights": ("Weights of the first layer", "第 1 層の重み"),
    "weights_note": ("Units of the first layer in order, each scaled by its largest weight: blue negative, white zero, red "
                     "positive.", "第 1 層のユニットを番号順に示します。各ユニットの最大の重みで正規化し、青は負、白は 0、赤は正です。"),
    "weights_of": ("{run}: {shown} of {all} units", "{run}: {all} ユニット中 {shown}"),
    "layer": ("layer", "層"),
    "of_layer": ("layer {n}", "第 {n} 層"),
    "epoch": ("epoch", "エポック"),
    "share": ("share of weights pruned", "枝刈りした重みの割合"),
    "first_layers": ("first layers", "先頭の層数"),
    "seeds": ("Seeds", "シード"),
    "experiments": ("Experiments", "実験"),
    "all": ("all", "すべて"),
    "none": ("none", "なし"),
    "single_runs": ("single runs", "個々の実行を表示"),
    "log": ("log y", "y 対数軸"),
    "values": ("Values", "数値"),
    "chart_help": ("Arrow keys read the values.", "矢印キーで値を読み取れます。"),
    "nothing": ("No experiment or seed is selected.", "実験またはシードが選択されていません。"),
    "no_epochs": ("The runs have no epochs: metrics.jsonl is empty.", "エポックの記録がありません (metrics.jsonl が空です)。"),
    "nan": ("Values of metrics.jsonl that are NaN or infinite, and gaps in the curves: {n}.",
            "metrics.jsonl の NaN または無限大の値 (曲線では欠けています): {n} 個。"),
    "made_by": ("Made by ff report. Charts: uPlot {version}, MIT licence.", "ff report で作成。グラフ: uPlot {version}、MIT ライセンス。"),
    "lo_epochs": ("Curves show at most {n} epochs of each run, evenly spaced, with the last.",
                  "曲線は各実行につき最大 {n} エポックを等間隔に (最後を含めて) 示します。"),
    "lo_charts": ("Charts show the first {shown} of {all} experiments, and {runs} of their runs.",
                  "グラフは実験 {all} 件のうち最初の {shown} 件、そのうち {runs} 件の実行を示します。"),
    "lo_rows": ("Tables list the first {shown} of {all} experiments.", "表は実験 {all} 件のうち最初の {shown} 件を示します。"),
    "lo_runs": ("The list of runs has the first {shown} of {all}.", "実行の一覧は {all} 件のうち最初の {shown} 件です。"),
    "lo_keys": ("The table of configs has the first {shown} of {all} keys that differ.",
                "設定の表は、異なるキー {all} 個のうち最初の {shown} 個です。"),
    "lo_pictures": ("Confusion matrices and weights are of the first {shown} of {all} experiments with these files.",
                    "混同行列と重みは、ファイルのある実験 {all} 件のうち最初の {shown} 件です。"),
}

_FIGURES = {
    "test_accuracy": ("test accuracy", "テスト精度"),
    "train_accuracy": ("train accuracy", "訓練精度"),
    "validation_accuracy": ("validation accuracy", "検証精度"),
    "test_accuracy_by_goodness": ("test accuracy by goodness", "テスト精度 (goodness)"),
    "test_accuracy_by_head": ("test accuracy by head", "テスト精度 (head)"),
    "train_loss": ("training loss", "訓練損失"),
    "test_loss": ("test loss", "テスト損失"),
    "validation_loss": ("validation loss", "検証損失"),
    "loss": ("loss of a layer", "層の損失"),
    "head_loss": ("loss of the head", "head の損失"),
    "threshold": ("threshold", "閾値"),
    "angle": ("angle to backpropagation (degrees)", "逆伝播の勾配との角度 (度)"),
    "norm_ratio": ("gradient norm relative to backpropagation", "勾配ノルムの逆伝播に対する比"),
    "sign_agreement": ("share of gradient signs equal to backpropagation's", "勾配の符号が逆伝播と一致する割合"),
    "feedback_angle": ("angle of the feedback (degrees)", "フィードバックの角度 (度)"),
    "feedback_signs": ("share of feedback signs equal to the weights'", "フィードバックの符号が重みと一致する割合"),
    "dead_units": ("share of dead units", "死んだユニットの割合"),
    "seconds": ("seconds per epoch", "1 エポックの秒数"),
    "peak_memory_bytes": ("peak memory (bytes)", "最大メモリ (バイト)"),
    "train_seconds": ("training (s)", "学習 (秒)"),
    "evaluate_seconds": ("evaluation (s)", "評価 (秒)"),
    "epochs": ("epochs", "エポック数"),
    "peak_mib": ("peak (MiB)", "最大 (MiB)"),
    "peak_mib_load": ("load (MiB)", "読み込み (MiB)"),
    "peak_mib_train": ("training (MiB)", "学習 (MiB)"),
    "peak_mib_evaluate": ("evaluation (MiB)", "評価 (MiB)"),
    "second_per_epoch": ("s per epoch", "秒/エポック"),
    "train": ("train", "訓練"),
    "test": ("test", "テスト"),
    "validation": ("validation", "検証"),
}


class Words:
    """words("key", n=3) is the text in the report's language."""

    def __init__(self, language):
        self.language, self._column = language, LANGUAGES.index(language)

    def __call__(self, key, **values):
        return _WORDS[key][self._column].format(**values)

    def figure(self, name):
        """The name of a number of a run, in words."""
        return _FIGURES[name][self._column] if name in _FIGURES else name.replace("_", " ")
