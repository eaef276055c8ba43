"""PNG pictures for a report: images of a data set and first-layer weights."""

import base64
import struct
import zlib

GAP = 1  # pixels between the units of a grid
UNITS, COLUMNS = 64, 16


def png(pixels, palette=None):
    """Returns the PNG of pixels (H, W), grey or indices into `palette` (n, 3), or (H, W, 3) colours; all uint8."""
    height, width = pixels.shape[:2]
    kind = 3 if palette is not None else 2 if pixels.ndim == 3 else 0
    rows = b"".join(b"\0" + pixels[y].tobytes() for y in range(height))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))]
    if palette is not None:
        chunks.append((b"PLTE", palette.tobytes()))
    chunks += [(b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    parts = [struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def data_url(content):
    """Returns a PNG as the source of an <img>."""
    return "data:image/png;base64," + base64.b64encode(content).decode()


def image(pixels):
    """Returns the PNG of an image (C, H, W), uint8; one or three channels, of others the first."""
    return png(pixels.transpose(1, 2, 0).copy() if len(pixels) == 3 else pixels[0])


def diverging():
    """Returns a palette of 255 colours: blue, white at 127, red."""
    import numpy

    t = numpy.linspace(0, 1, 128)[:, None]
    white, blue, red = (numpy.array(colour, float) for colour in ((255, 255, 255), (5, 80, 174), (178, 24, 43)))
    up = white + t * (red - white)
    down = white + t[::-1] * (blue - white)
    return numpy.concatenate([down, up[1:]]).round().astype(numpy.uint8)


def weight_grid(weight, shape):
    """Returns (png, width, units shown) of a first layer's weight: (out, C*H*W) with `shape` (C, H, W), or (out, C, k, k).

    Of several channels the mean is shown. None where the weights have no spatial form.
    """
    import numpy

    if weight.ndim == 4:
        filters = weight.mean(1)
    elif weight.ndim == 2 and weight.shape[1] == shape[0] * shape[1] * shape[2] and min(shape[1:]) > 1:
        filters = weight.reshape(-1, *shape).mean(1)
    else:
        return None
    filters = numpy.nan_to_num(filters[:UNITS].astype(numpy.float64))
    largest = numpy.abs(filters).max(axis=(1, 2), keepdims=True)
    scaled = filters / numpy.where(largest > 0, largest, 1)
    indices = (127 + numpy.round(127 * scaled)).astype(numpy.uint8)
    count, height, width = indices.shape
    columns = min(COLUMNS if width >= 8 else 2 * COLUMNS, count)
    rows = -(-count // columns)
    grid = numpy.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP), 127, numpy.uint8)
    for i, unit in enumerate(indices):
        y, x = i // columns * (height + GAP), i % columns * (width + GAP)
        grid[y : y + height, x : x + width] = unit
    return png(grid, diverging()), grid.shape[1], count
