#!/usr/bin/env python3
"""Makes the small pictures beside this file and golden.safetensors: what Pillow reads from them.

Needs Pillow, NumPy and cwebp (made with Pillow 9.4.0, libjpeg-turbo 2.1.5, libwebp 1.2.4):

    python3 make_goldens.py

Of each picture NAME the goldens hold
    NAME.rgb      uint8 [height, width, 3]: Image.open(NAME).convert("RGB")
    NAME.resized  uint8 [11, 13, 3]: the same resized (bicubic) first and converted afterwards
(none where Pillow refuses the file), and of the picture in resize.png
    resize/FILTER/WIDTHxHEIGHT, uint8 [HEIGHT, WIDTH, 3]
"""
import io
import json
import struct
import subprocess
import tempfile
import zlib

import numpy as np
from PIL import Image, ImageDraw

SMALL = (13, 11)


def photo(width, height, seed):
    """Waves, noise, shapes and thin lines, in saturated colours too."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    samples = np.zeros((height, width, 3))
    for channel in range(3):
        for octave in range(6):
            fx, fy = random.normal(size=2) * 2**octave / max(width, height)
            phase = random.uniform(0, 6.28)
            samples[..., channel] += np.sin(2 * np.pi * (fx * x + fy * y) + phase) / (octave + 1)
    samples = (samples - samples.min()) / (samples.max() - samples.min()) * 255
    samples += random.normal(size=samples.shape) * 4
    image = Image.fromarray(np.clip(samples, 0, 255).astype("uint8"))
    draw = ImageDraw.Draw(image)
    for i in range(6):
        xs = sorted(int(v) for v in random.integers(0, width, 2))
        ys = sorted(int(v) for v in random.integers(0, height, 2))
        colour = tuple(int(v) for v in random.integers(0, 256, 3))
        box = [xs[0], ys[0], xs[1], ys[1]]
        if i < 2:
            draw.ellipse(box, fill=colour)
        else:
            draw.line(box, fill=colour)
    return image


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def filtered(row, above, step, kind):
    out = bytearray([kind])
    for i, value in enumerate(row):
        left = row[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        if kind == 0:
            guess = 0
        elif kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        else:
            distances = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
            guess = (left, up, corner)[distances.index(min(distances))]
        out.append((value - guess) & 255)
    return bytes(out)


def png(samples, depth, colour, extra=b"", interlaced=False):
    """A PNG file of samples [height, width, bands], every filter in turn."""
    height, width, bands = samples.shape
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    raw = b""
    step = max(1, bands * depth // 8)
    for x, y, dx, dy in passes:
        part = samples[y::dy, x::dx]
        if part.size == 0:
            continue
        above = None
        for number, row in enumerate(part.reshape(part.shape[0], -1)):
            if depth == 16:
                data = row.astype(">u2").tobytes()
            elif depth == 8:
                data = row.astype("u1").tobytes()
            else:
                bits = "".join(format(int(v), f"0{depth}b") for v in row)
                bits += "0" * (-len(bits) % 8)
                data = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
            above = above if above is not None else bytes(len(data))
            raw += filtered(data, above, step, number % 5)
            above = data
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    packed = zlib.compress(raw, 9)
    half = len(packed) // 2
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", packed[:half])
        + chunk(b"IDAT", packed[half:])
        + chunk(b"IEND", b"")
    )


def pngs():
    random = np.random.default_rng(9)
    colours = random.integers(0, 256, 256 * 3).astype("u1").tobytes()
    files = {}
    base = np.asarray(photo(19, 14, 3)).astype(int)
    alpha = np.asarray(photo(19, 14, 4).convert("L")).astype(int)[..., None]
    grey = base[..., :1]
    for tag, laced in (("", False), ("-laced", True)):
        for depth in (1, 2, 4, 8, 16):
            wide = grey * 257 if depth == 16 else grey >> (8 - depth)
            files[f"grey{depth}{tag}.png"] = png(wide, depth, 0, interlaced=laced)
        for depth in (1, 2, 4, 8):
            palette = chunk(b"PLTE", colours[: 3 << depth])
            files[f"palette{depth}{tag}.png"] = png(grey >> (8 - depth), depth, 3, palette, laced)
        for depth in (8, 16):
            scale = 257 if depth == 16 else 1
            noise = random.integers(0, 200, base.shape) if depth == 16 else 0
            files[f"rgb{depth}{tag}.png"] = png(np.minimum(base * scale + noise, 65535), depth, 2, interlaced=laced)
            files[f"greyalpha{depth}{tag}.png"] = png(np.concatenate([grey, alpha], 2) * scale, depth, 4, interlaced=laced)
            files[f"rgbalpha{depth}{tag}.png"] = png(np.concatenate([base, alpha], 2) * scale, depth, 6, interlaced=laced)
    # Around 255, where 16 bits begin to be white.
    files["grey16-dark.png"] = png(grey + random.integers(0, 200, grey.shape), 16, 0)
    files["grey8-trns.png"] = png(grey, 8, 0, chunk(b"tRNS", b"\0\x40"))
    files["rgb8-trns.png"] = png(base, 8, 2, chunk(b"tRNS", b"\0\1\0\2\0\3"))
    trns = chunk(b"tRNS", bytes(random.integers(0, 256, 100).astype("u1")))
    files["palette8-trns.png"] = png(grey, 8, 3, chunk(b"PLTE", colours) + trns)
    files["palette8-short.png"] = png(grey, 8, 3, chunk(b"PLTE", colours[: 3 * 100]))
    files["rgb8-gamma.png"] = png(base, 8, 2, chunk(b"gAMA", struct.pack(">I", 100000)))
    files["rgb8-1x23.png"] = png(np.asarray(photo(1, 23, 5)).astype(int), 8, 2, interlaced=True)
    return files


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def segment_at(jpeg, marker):
    at = 2
    while jpeg[at + 1] != marker:
        at += 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
    return at


def without(jpeg, marker):
    at = segment_at(jpeg, marker)
    return jpeg[:at] + jpeg[at + 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0] :]


def adobe(jpeg, transform):
    return jpeg[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0" + bytes([transform]) + jpeg[2:]


def named(jpeg, names):
    """The components renamed in frame and scan."""
    out = bytearray(jpeg)
    frame = segment_at(jpeg, 0xC0)
    scan = segment_at(jpeg, 0xDA)
    for i, name in enumerate(names):
        out[frame + 10 + 3 * i] = name
        out[scan + 5 + 2 * i] = name
    return bytes(out)


def jpegs():
    files = {}
    image = photo(37, 29, 11)
    for number, tag in enumerate(("444", "422", "420")):
        for progressive in (False, True):
            name = f"{tag}{'-progressive' if progressive else ''}.jpg"
            files[name] = saved(image, "JPEG", quality=70, subsampling=number, progressive=progressive)
    files["grey.jpg"] = saved(image.convert("L"), "JPEG", quality=70)
    cmyk = image.convert("CMYK")
    files["cmyk.jpg"] = saved(cmyk, "JPEG", quality=90)
    files["cmyk-progressive.jpg"] = saved(cmyk, "JPEG", quality=70, progressive=True)
    bare = without(files["cmyk.jpg"], 0xEE)
    files["cmyk-no-adobe.jpg"] = bare
    files["ycck.jpg"] = adobe(bare, 2)
    exif = Image.Exif()
    exif[0x0112] = 6
    files["rotated.jpg"] = saved(image, "JPEG", quality=70, exif=exif.tobytes())
    plain = without(files["444.jpg"], 0xE0)
    files["no-jfif.jpg"] = plain
    files["adobe-rgb.jpg"] = adobe(plain, 0)
    files["adobe-ycc.jpg"] = adobe(plain, 1)
    files["named-rgb.jpg"] = named(plain, b"RGB")
    files["named-012.jpg"] = named(plain, b"\0\1\2")
    files["named-ycc.jpg"] = named(plain, b"YCc")
    files["no-end.jpg"] = files["420.jpg"][:-2]
    files["bad-icc.jpg"] = saved(image, "JPEG", quality=70, icc_profile=b"not a profile")
    # 4:2:0 with one sample in every other row only: as cameras' pictures turned by a right angle.
    square = bytearray(saved(photo(32, 32, 12), "JPEG", quality=70, subsampling=1))
    square[segment_at(square, 0xC0) + 11] = 0x12
    files["440.jpg"] = bytes(square)
    return files


def gifs():
    files = {}
    image = photo(21, 18, 13).quantize(24)
    files["palette.gif"] = saved(image, "GIF", optimize=False)
    files["plain.gif"] = saved(image, "GIF", optimize=False, interlace=0)
    files["grey.gif"] = saved(photo(21, 18, 14).convert("L"), "GIF", optimize=False)
    files["transparent.gif"] = saved(image, "GIF", optimize=False, transparency=5)
    files["animated.gif"] = saved(
        photo(21, 18, 15).convert("RGB"), "GIF", save_all=True, append_images=[photo(21, 18, 16)]
    )
    # The picture in the middle of a larger canvas, and beyond a smaller one.
    for name, source, canvas, corner in (
        ("canvas.gif", files["palette.gif"], (31, 26), (4, 3)),
        ("canvas-transparent.gif", files["transparent.gif"], (31, 26), (4, 3)),
        ("beyond.gif", files["palette.gif"], (9, 8), (2, 1)),
    ):
        data = bytearray(source)
        data[6:10] = struct.pack("<HH", *canvas)
        at = 13 + (3 << (data[10] & 7) + 1)
        while data[at] != 0x2C:
            at += 2
            while data[at]:
                at += data[at] + 1
            at += 1
        data[at + 1 : at + 5] = struct.pack("<HH", *corner)
        files[name] = bytes(data)
    return files


def bmp(width, height, bits, rows, compression=0, palette=b"", masks=b"", header=40):
    offset = 14 + header + len(masks) + len(palette)
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack(
            "<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(rows), 0, 0, len(palette) // 4, 0
        )
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + info + masks + palette + rows


def bmps():
    files = {}
    image = photo(21, 18, 17)
    files["rgb.bmp"] = saved(image, "BMP")
    files["palette.bmp"] = saved(image.quantize(32), "BMP")
    files["grey.bmp"] = saved(image.convert("L"), "BMP")
    files["one.bmp"] = saved(image.convert("1"), "BMP")
    random = np.random.default_rng(2)
    words = random.integers(0, 65536, (18, 22)).astype("<u2").tobytes()
    files["555.bmp"] = bmp(22, 18, 16, words)
    files["565.bmp"] = bmp(22, 18, 16, words, 3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    long = random.integers(0, 2**32, (18, 21)).astype("<u4").tobytes()
    files["rgbx.bmp"] = bmp(21, 18, 32, long)
    files["top-down.bmp"] = bmp(21, -18, 32, long)
    colours = random.integers(0, 256, (16, 4))
    colours[:, 3] = 0
    palette = colours.astype("u1").tobytes()
    nibbles = random.integers(0, 256, (18, 12)).astype("u1").tobytes()
    files["palette4.bmp"] = bmp(21, 18, 4, nibbles, palette=palette)
    files["os2.bmp"] = bmp(21, 18, 4, nibbles, palette=colours[:, :3].astype("u1").tobytes(), header=12)
    runs = b""
    for row in range(18):
        runs += bytes([9, row % 16, 0, 5]) + bytes(range(5)) + b"\0" + bytes([7, (row + 3) % 16]) + b"\0\0"
    files["rle8.bmp"] = bmp(21, 18, 8, runs + b"\0\1", 1, palette=palette)
    return files


def webps():
    files = {}
    for tag, size, seed in (("", (37, 29), 21), ("-wide", (65, 16), 22), ("-dot", (1, 1), 23), ("-tall", (17, 50), 24)):
        image = photo(*size, seed)
        for quality in (5, 90):
            files[f"q{quality}{tag}.webp"] = saved(image, "WEBP", quality=quality, method=6)
    image = photo(37, 29, 25)
    files["fast.webp"] = saved(image, "WEBP", quality=40, method=0)
    files["grey.webp"] = saved(image.convert("L"), "WEBP", quality=60)
    files["lossless.webp"] = saved(image, "WEBP", lossless=True)
    files["lossless-palette.webp"] = saved(image.quantize(12).convert("RGB"), "WEBP", lossless=True)
    clear = image.convert("RGBA")
    clear.putalpha(photo(37, 29, 26).convert("L"))
    files["alpha.webp"] = saved(clear, "WEBP", quality=70)
    files["alpha-rough.webp"] = saved(clear, "WEBP", quality=70, alpha_quality=20)
    files["alpha-lossless.webp"] = saved(clear, "WEBP", lossless=True, exact=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    files["rotated.webp"] = saved(image, "WEBP", quality=50, exif=exif.tobytes(), icc_profile=b"no profile")
    files["animated.webp"] = saved(image, "WEBP", quality=50, save_all=True, append_images=[photo(37, 29, 27)])
    # What Pillow's encoder has no options for.
    for name, source, options in (
        ("simple-filter.webp", photo(25, 21, 28), "-nostrong -sharpness 5 -f 100 -q 15"),
        ("sharp.webp", photo(25, 21, 28), "-sharpness 3 -f 80 -q 10"),
        ("segments.webp", photo(25, 70, 29), "-segments 4 -sns 100 -q 10"),
        ("alpha-gradient.webp", clear, "-alpha_filter best -q 30"),
        ("alpha-raw.webp", clear, "-alpha_method 0 -q 30"),
    ):
        with tempfile.TemporaryDirectory() as folder:
            source.save(folder + "/in.png")
            command = ["cwebp", "-quiet", *options.split(), folder + "/in.png", "-o", folder + "/out.webp"]
            subprocess.run(command, check=True)
            with open(folder + "/out.webp", "rb") as made:
                files[name] = made.read()
    return files


def resizes(goldens):
    image = photo(45, 31, 31)
    image.save("resize.png")
    filters = ("NEAREST", "LANCZOS", "BILINEAR", "BICUBIC", "BOX", "HAMMING")
    for number, name in enumerate(filters):
        for size in ((20, 14), (45, 9), (7, 31), (51, 37), (1, 1), (90, 3)):
            resized = image.resize(size, resample=number)
            goldens[f"resize/{name}/{size[0]}x{size[1]}"] = np.asarray(resized)


def write(goldens):
    header, at = {}, 0
    for name, values in goldens.items():
        header[name] = {"dtype": "U8", "shape": list(values.shape), "data_offsets": [at, at + values.size]}
        at += values.size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open("golden.safetensors", "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for values in goldens.values():
            out.write(np.ascontiguousarray(values).tobytes())


def main():
    goldens = {}
    for files in (pngs(), jpegs(), gifs(), bmps(), webps()):
        for name, data in files.items():
            with open(name, "wb") as out:
                out.write(data)
            try:
                image = Image.open(name)
                image.load()
            except OSError as e:
                print(f"{name}: Pillow refuses it: {e}")
                continue
            goldens[name + ".rgb"] = np.asarray(image.convert("RGB"))
            goldens[name + ".resized"] = np.asarray(image.resize(SMALL, resample=Image.BICUBIC).convert("RGB"))
    resizes(goldens)
    write(goldens)


main()
