"""Unit tests of the reference implementation, for errors that ff could share with it."""

import json
import random
import sys
import tempfile
import unittest
from pathlib import Path

import torch
from torch.utils.data import DataLoader, TensorDataset

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "reference"))

from forward_forward import config as configs  # noqa: E402
from forward_forward import data as datasets  # noqa: E402
from forward_forward import pruning  # noqa: E402
from forward_forward import random_orders  # noqa: E402
from forward_forward.ff_layers import FFNetwork, chosen_layers, softplus_loss  # noqa: E402
from forward_forward.labels import overlay, wrong_labels  # noqa: E402
from forward_forward.network import Network  # noqa: E402
from forward_forward.pruning import pruned  # noqa: E402
from forward_forward.training import FFTraining  # noqa: E402

FF = {"name": "test", "model": {"type": "ff", "widths": [6, 4]}, "batch_size": 4, "schedule": {"epochs": 2}}
BP = {"name": "test", "model": {"type": "bp", "widths": [8, 10]}}


def tiny_data(count=10):
    """Returns random images (count, 1, 4, 4) of three classes, the last of them the rarest."""
    generator = torch.Generator().manual_seed(7)
    images = datasets.Images(torch.rand(count, 1, 4, 4, generator=generator), torch.arange(count) % 3)
    return datasets.Data(images, images, None, classes=3)


class Labels(unittest.TestCase):
    def test_wrong_labels_are_drawn_class_by_class(self):
        labels = torch.tensor([2, 0, 5, 0, 2])
        random.seed(3)
        got = wrong_labels(labels).tolist()
        random.seed(3)
        zeros = [random.choice([2, 5]) for _ in range(2)]
        twos = [random.choice([0, 5]) for _ in range(2)]
        fives = [random.choice([0, 2])]
        self.assertEqual(got, [twos[0], zeros[0], fives[0], zeros[1], twos[1]])

    def test_a_wrong_label_is_never_the_true_one_and_every_other_occurs(self):
        labels = torch.arange(10).repeat(200)
        random.seed(0)
        wrong = wrong_labels(labels)
        self.assertFalse((wrong == labels).any())
        self.assertEqual(len({(int(a), int(b)) for a, b in zip(labels, wrong)}), 90)

    def test_overlay_clears_the_label_pixels_and_marks_one(self):
        images = torch.full((3, 2, 4, 5), 0.5)
        marked = overlay(images, torch.tensor([1, 0, 2]), 9.0, classes=3)
        self.assertEqual(marked[:, 0, 0].tolist(), [[0, 9, 0, 0.5, 0.5], [9, 0, 0, 0.5, 0.5], [0, 0, 9, 0.5, 0.5]])
        self.assertTrue((marked[:, 1] == 0.5).all() and (marked[:, :, 1:] == 0.5).all())
        self.assertTrue((images == 0.5).all())
        self.assertTrue(torch.equal(overlay(images, 2, 9.0, 3)[0], marked[2]))

    def test_more_labels_than_a_row_has_pixels_go_on_in_the_next(self):
        images = torch.full((1, 2, 3, 4), 0.5)
        marked = overlay(images, torch.tensor([5]), 9.0, classes=6)
        self.assertEqual(marked[0, 0].tolist(), [[0, 0, 0, 0], [0, 9, 0.5, 0.5], [0.5] * 4])
        self.assertTrue((marked[0, 1] == 0.5).all())
        with self.assertRaises(ValueError):
            overlay(images, 0, 9.0, classes=13)


class Draws(unittest.TestCase):
    def draws(self, count):
        """Returns the next integers of torch's generator, as DataLoader draws them."""
        return [int(torch.empty((), dtype=torch.int64).random_()) for _ in range(count)]

    def test_a_base_draw_is_one_draw(self):
        torch.manual_seed(5)
        expected = self.draws(2)
        torch.manual_seed(5)
        random_orders.base_draw(tiny_data().test)
        self.assertEqual(self.draws(1), expected[1:])

    def test_zipped_loaders_draw_base_base_sampler_sampler(self):
        torch.manual_seed(5)
        seeds = self.draws(4)[2:]
        torch.manual_seed(5)
        rows = TensorDataset(torch.arange(20))
        pos, neg = DataLoader(rows, 20, shuffle=True), DataLoader(rows, 20, shuffle=True)
        (a,), (b,) = next(zip(pos, neg))
        for got, seed in zip((a, b), seeds):
            expected = torch.randperm(20, generator=torch.Generator().manual_seed(seed))
            self.assertTrue(torch.equal(got, expected))

    def test_notebook_takes_four_draws_before_the_network(self):
        data = tiny_data()
        FFTraining(configs.resolve({**FF, "random_order": "notebook"}), data, seed=1)
        after = torch.get_rng_state()
        torch.manual_seed(1)
        self.draws(4)
        FFNetwork(configs.resolve(FF), 16, 3, 1.0)
        self.assertTrue(torch.equal(torch.get_rng_state(), after))

    def test_notebook_after_sequential_draws_a_first_network_and_its_epochs(self):
        data = tiny_data()
        config = configs.resolve({**FF, "random_order": "notebook-after-sequential"})
        FFTraining(config, data, seed=1)
        after = torch.get_rng_state()
        torch.manual_seed(1)
        self.draws(4)
        FFNetwork(config, 16, 3, 1.0)
        self.draws(4 * 2 * 2)  # four draws for each of 2 layers x 2 epochs
        FFNetwork(config, 16, 3, 1.0)
        self.assertTrue(torch.equal(torch.get_rng_state(), after))

    def test_negatives_are_redrawn_at_later_epochs_only(self):
        training = FFTraining(configs.resolve({**FF, "negatives": {"redraw": "epoch"}}), tiny_data(), seed=0)
        first = training.negatives
        training.begin_epoch()
        self.assertIs(training.negatives, first)
        training.begin_epoch()
        self.assertFalse(torch.equal(training.negatives, first))


class Layers(unittest.TestCase):
    def test_the_guarded_loss_has_the_literal_loss_bits(self):
        z = torch.linspace(-200, 80, 5001, requires_grad=True)
        literal = torch.log(1 + torch.exp(z)).mean()
        (expected,) = torch.autograd.grad(literal, z)
        self.assertTrue(torch.equal(softplus_loss(z), literal))
        large = torch.cat([z.detach(), torch.tensor([300.0])]).requires_grad_()
        (got,) = torch.autograd.grad(softplus_loss(large) * len(large) / len(z), large)
        self.assertTrue(torch.allclose(got[:-1], expected) and torch.isfinite(got).all())

    def test_parallel_training_feeds_activations_from_before_the_update(self):
        training = FFTraining(configs.resolve(FF), tiny_data(), seed=0)
        pos, neg = training.positives[:4].flatten(1), training.negatives[:4].flatten(1)
        first, second = training.network.layers
        inputs = []
        whole = second.preactivation
        second.preactivation = lambda x: (inputs.append(x), whole(x))[1]
        with torch.no_grad():
            expected = first(pos)
        training.network.train_all(pos, neg)
        self.assertTrue(torch.equal(inputs[0], expected))
        self.assertFalse(inputs[0].requires_grad)

    def test_a_sequential_step_changes_one_layer(self):
        network = FFTraining(configs.resolve(FF), tiny_data(), seed=0).network
        before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
        data = tiny_data().train
        network.train_layer(1, data.images, data.images.flip(0))
        changed = {name.rsplit(".", 1)[0] for name, now in network.state_dict().items()
                   if not torch.equal(now, before[name])}
        self.assertEqual(changed, {"layers.1"})

    def test_min_ssq_predicts_the_smallest_goodness(self):
        goodness = torch.tensor([[[3.0, 1.0], [1.0, 2.0], [2.0, 9.0]]])
        for direction, expected in (("max-ssq", 2), ("min-ssq", 1)):
            config = configs.resolve({**FF, "loss": {"direction": direction}})
            self.assertEqual(FFNetwork(config, 16, 3, 1.0).predict(goodness, [0, 1]).tolist(), [expected])

    def test_layers_to_predict_with(self):
        self.assertEqual(chosen_layers("all", 3), [0, 1, 2])
        self.assertEqual(chosen_layers({"first": 2}, 3), [0, 1])
        self.assertEqual(chosen_layers({"from": 1}, 3), [1, 2])
        self.assertEqual(chosen_layers([2, 0], 3), [2, 0])


class Pruning(unittest.TestCase):
    def network(self):
        """Returns a 16-8-10 network with 128 and 80 weights."""
        torch.manual_seed(0)
        return Network(configs.resolve(BP), torch.zeros(1, 4, 4))

    def test_counts_by_layer_and_by_network(self):
        network = self.network()
        zeros = [int((layer.weight == 0).sum()) for layer in pruned(network, 0.9, "layer").layers]
        self.assertEqual(zeros, [115, 72])
        zeros = [int((layer.weight == 0).sum()) for layer in pruned(network, 0.9, "network").layers]
        self.assertEqual(sum(zeros), 187)
        self.assertTrue(all((layer.weight != 0).all() for layer in network.layers))

    def test_a_ratio_means_its_decimal(self):
        weight = torch.arange(1.0, 101.0)
        self.assertLess(0.29 * 100, 29)
        pruning._prune([weight], 0.29)
        self.assertEqual(int((weight == 0).sum()), 29)

    def test_ties_go_by_position_and_biases_stay(self):
        network = self.network()
        with torch.no_grad():
            network.layers[0].weight.fill_(-0.5)
        small = pruned(network, 0.25, "layer").layers[0]
        self.assertEqual(small.weight.flatten().eq(0).nonzero().flatten().tolist(), list(range(32)))
        self.assertTrue(torch.equal(small.bias, network.layers[0].bias))


class Sets(unittest.TestCase):
    def test_validation_is_the_head_of_a_permutation_and_both_parts_are_in_file_order(self):
        images = datasets.Images(torch.arange(10.0), torch.arange(10))
        torch.manual_seed(3)
        before = torch.get_rng_state()
        train, validation = datasets.split(images, count=4, seed=9)
        self.assertTrue(torch.equal(torch.get_rng_state(), before))
        order = torch.randperm(10, generator=torch.Generator().manual_seed(9)).tolist()
        self.assertEqual(validation.labels.tolist(), sorted(order[:4]))
        self.assertEqual(train.labels.tolist(), sorted(order[4:]))


class Config(unittest.TestCase):
    def test_a_resolved_config_resolves_to_itself(self):
        for given in (FF, BP):
            resolved = configs.resolve(given)
            self.assertEqual(configs.resolve(resolved), resolved)

    def test_what_is_not_known_is_refused(self):
        for wrong in ({**FF, "sched": 1}, {**BP, "loss": {"type": "relu"}}, {**FF, "loss": {"type": "hinge"}},
                      {**FF, "optimizer": {"type": "sgd", "beta1": 0.9}}):
            with self.assertRaises(configs.ConfigError):
                configs.resolve(wrong)

    def test_a_remark_changes_nothing_and_an_empty_setting_removes_its_key(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.json")
            given = {**FF, "$schema": "s", "comment": ["a", "b"], "batch_size": 3}
            path.write_text(json.dumps(given), encoding="utf-8")
            self.assertEqual(configs.load(path, ["batch_size="]), configs.resolve({**FF, "batch_size": 64}))


if __name__ == "__main__":
    unittest.main()
