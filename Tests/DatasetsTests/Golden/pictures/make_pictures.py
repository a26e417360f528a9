"""Makes the pictures of this folder, and what Pillow makes of them.

Made with Python 3.11, Pillow 13.0.0 (libjpeg-turbo 3.2.0, libwebp 1.6.0), NumPy 2.4.6:
    python make_pictures.py
Every expected picture is a stretch of pixels.bin; decode.csv, resize.csv and changes.csv say which.
"""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

here = Path(__file__).parent
pixels = bytearray()
tables = {"decode": ["file,orientation,height,width,offset"],
          "resize": ["file,channels,filter,top,left,height,width,newheight,newwidth,offset"],
          "changes": ["file,channels,change,factor,offset"]}


def keep(picture):
    """The place of a picture's pixels in pixels.bin."""
    data = picture.tobytes()
    place = pixels.find(data)
    if place < 0:
        place = len(pixels)
        pixels.extend(data)
    return place


def flat(picture):
    """RGB, transparent pixels on white."""
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    if not has_alpha:
        return picture.convert("RGB")
    front = picture.convert("RGBA")
    white = Image.new("RGBA", front.size, "white")
    return Image.alpha_composite(white, front).convert("RGB")


def expect(name, orientation="ignore", picture=None):
    picture = picture or Image.open(here / name)
    if orientation == "exif":
        picture = ImageOps.exif_transpose(picture)
    seen = flat(picture)
    tables["decode"].append(
        f"{name},{orientation},{seen.height},{seen.width},{keep(seen)}")


def save(picture, name, **options):
    picture.save(here / name, **options)
    expect(name)


# A picture with edges and slopes.
def photo(width, height):
    y, x = np.mgrid[0:height, 0:width]
    values = np.stack([x * 255 // max(1, width - 1), y * 255 // max(1, height - 1),
                       (x * 37 + y * 91) % 256], axis=2)
    values[height // 3: height // 2, width // 4: width // 2] = (250, 20, 3)
    return Image.fromarray(values.astype(np.uint8))


rgb = photo(19, 13)
grey = rgb.convert("L")

# JPEG
save(grey, "grey.jpg", quality=90)
save(rgb, "ycbcr444.jpg", quality=90, subsampling=0)
save(rgb, "ycbcr422.jpg", quality=90, subsampling=1)
save(rgb, "ycbcr420.jpg", quality=75, subsampling=2)
save(rgb, "rgb.jpg", quality=90, keep_rgb=True)
save(rgb, "progressive.jpg", quality=80, progressive=True)
save(rgb, "restarts.jpg", quality=80, restart_marker_blocks=1)
# Of all four inks: what Pillow makes of RGB has no black.
inks = [*rgb.split(), grey.rotate(180)]
save(Image.merge("CMYK", inks), "cmyk.jpg", quality=90)
# The same bytes said to be YCCK: the last byte of the Adobe marker.
data = bytearray((here / "cmyk.jpg").read_bytes())
data[data.index(b"Adobe") + 11] = 2
(here / "ycck.jpg").write_bytes(data)
expect("ycck.jpg")

# WebP
save(rgb, "lossy.webp", quality=80)
save(rgb, "lossless.webp", lossless=True)
alpha = rgb.convert("RGBA")
alpha.putalpha(grey.rotate(180))
save(alpha, "alpha-lossy.webp", quality=80)
save(alpha, "alpha-lossless.webp", lossless=True)
rgb.save(here / "animated.webp", save_all=True, append_images=[rgb.rotate(180)], duration=100)


# PNG: Pillow writes few of its kinds.
def png(name, colour, bits, samples, interlaced=False, extra=b""):
    """Samples [height, width, channels] of `bits` each."""
    def rows(part):
        packed = b""
        for row in part:
            flatrow = row.reshape(-1)
            if bits == 16:
                packed += b"\0" + flatrow.astype(">u2").tobytes()
            else:
                weights = np.unpackbits(flatrow.astype(np.uint8)[:, None], axis=1)[:, 8 - bits:]
                packed += b"\0" + np.packbits(weights.reshape(-1)).tobytes()
        return packed

    def chunk(kind, content):
        sum_ = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", sum_)

    height, width = samples.shape[:2]
    if interlaced:
        starts = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2),
                  (0, 1, 2, 2), (1, 0, 2, 1)]
        raw = b"".join(rows(part) for top, left, down, across in starts
                       if (part := samples[top::down, left::across]).size)
    else:
        raw = rows(samples)
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, int(interlaced))
    (here / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra_chunks(extra, chunk)
        + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def extra_chunks(extra, chunk):
    return b"".join(chunk(kind, content) for kind, content in extra)


def levels(channels, bits, seed):
    generator = np.random.default_rng(seed)
    return generator.integers(0, 2 ** bits, size=(13, 19, channels))


palette = np.random.default_rng(7).integers(0, 256, size=(256, 3)).astype(np.uint8)
for interlaced in (False, True):
    tail = "-interlaced.png" if interlaced else ".png"
    for bits in (1, 2, 4, 8):
        png(f"grey{bits}{tail}", 0, bits, levels(1, bits, bits), interlaced)
        expect(f"grey{bits}{tail}")
        colours = [(b"PLTE", palette[: 2 ** bits].tobytes())]
        png(f"palette{bits}{tail}", 3, bits, levels(1, bits, bits), interlaced, colours)
        expect(f"palette{bits}{tail}")
    for name, colour, channels in (("rgb", 2, 3), ("grey-alpha", 4, 2), ("rgb-alpha", 6, 4)):
        for bits in (8, 16):
            png(f"{name}{bits}{tail}", colour, bits, levels(channels, bits, 20), interlaced)
            expect(f"{name}{bits}{tail}")
    # 16 bits of grey: Pillow's convert("RGB") saturates, so the high byte is taken here.
    samples = levels(1, 16, 16)
    png(f"grey16{tail}", 0, 16, samples, interlaced)
    expect(f"grey16{tail}",
           picture=Image.fromarray((samples[:, :, 0] >> 8).astype(np.uint8)))
# One colour is transparent; or palettes with alpha, shorter than their colours.
png("key-grey8.png", 0, 8, levels(1, 3, 3) * 36, extra=[(b"tRNS", struct.pack(">H", 108))])
expect("key-grey8.png")
key = levels(1, 2, 3).repeat(3, axis=2) * 85
png("key-rgb8.png", 2, 8, key, extra=[(b"tRNS", struct.pack(">HHH", 85, 85, 85))])
expect("key-rgb8.png")
png("palette-alpha4.png", 3, 4, levels(1, 4, 5), True,
    [(b"PLTE", palette[:16].tobytes()), (b"tRNS", bytes([0, 17, 128, 200, 254, 255]))])
expect("palette-alpha4.png")
# A gamma and a damaged profile change no colour.
png("gamma.png", 2, 8, levels(3, 8, 9),
    extra=[(b"gAMA", struct.pack(">I", 100000)), (b"iCCP", b"x\0\0damaged")])
expect("gamma.png")

# Every level with every alpha, and what is seen of it on white.
level, opacity = np.mgrid[0:256, 0:256].astype(np.uint8)
every = Image.fromarray(np.stack([level, level, level, opacity], axis=2), "RGBA")
every.save(here / "every-alpha.png", optimize=True)
flat(every).convert("L").save(here / "every-alpha-on-white.png", optimize=True)

# Orientations
for number in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = number
    name = f"turned{number}.jpg"
    rgb.crop((0, 0, 11, 7)).save(here / name, quality=90, exif=exif)
    expect(name, "ignore")
    expect(name, "exif")
exif = Image.Exif()
exif.endian = "<"
exif[0x0112] = 6
for name in ("turned6.png", "turned6.webp"):
    rgb.crop((0, 0, 11, 7)).save(here / name, exif=exif.tobytes(), lossless=True)
    expect(name, "exif")

# Other sizes
filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
photo(23, 17).save(here / "resize.png")
Image.fromarray(np.random.default_rng(1).integers(0, 256, (3, 200, 3)).astype(np.uint8)).save(
    here / "wide.png")
Image.fromarray(np.random.default_rng(2).integers(0, 2, (9, 8, 3)).astype(np.uint8) * 255).save(
    here / "harsh.png")
cases = [("resize.png", None, sizes) for sizes in
         [(31, 40), (5, 7), (17, 11), (17, 50), (9, 23), (40, 23), (17, 23), (1, 1), (2, 60)]]
cases += [("resize.png", box, (8, 8)) for box in
          [(0, 0, 17, 10), (3, 4, 8, 8), (5, 1, 9, 8), (16, 22, 1, 1), (2, 3, 8, 19)]]
cases += [("wide.png", None, size) for size in [(3, 2), (1, 7), (4, 199)]]
cases += [("harsh.png", None, size) for size in [(27, 31), (4, 3)]]
for name, box, (height, width) in cases:
    for channels, mode in ((3, "RGB"), (1, "L")):
        for kind, resampling in filters.items():
            whole = Image.open(here / name).convert(mode)
            top, left, rows, columns = box or (0, 0, whole.height, whole.width)
            part = whole.crop((left, top, left + columns, top + rows))
            place = keep(part.resize((width, height), resampling))
            tables["resize"].append(f"{name},{channels},{kind},{top},{left},{rows},{columns},"
                                    f"{height},{width},{place}")

# Colours
kinds = {"brightness": ImageEnhance.Brightness, "contrast": ImageEnhance.Contrast,
         "saturation": ImageEnhance.Color}
for factor in (0.0, 0.25, 0.7123, 1.0, 1.3, 2.0):
    for kind, enhance in kinds.items():
        for name in ("resize.png", "rgb8.png"):
            for channels, mode in ((3, "RGB"), (1, "L")):
                whole = Image.open(here / name).convert(mode)
                place = keep(enhance(whole).enhance(factor))
                tables["changes"].append(f"{name},{channels},{kind},{factor},{place}")

for name, lines in tables.items():
    (here / f"{name}.csv").write_text("\n".join(lines) + "\n")
(here / "pixels.bin").write_bytes(pixels)
