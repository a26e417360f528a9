"""Golden values for Kaldi's filter banks: python fbank_golden.py, in this folder.

Made with Python 3.11, NumPy 2.4.6, kaldi-native-fbank 1.22.5 (float32, as the authors' own code is),
stored as raw little-endian float32, [bands, frames]; the tests know the shapes. The
same formula in float64 is below as well: the two differ by at most what is printed.
"""
import kaldi_native_fbank as knf
import numpy as np


def fbank(x, rate, bands=128, low=20.0, high=0.0):
    options = knf.FbankOptions()
    options.frame_opts.samp_freq = rate
    options.frame_opts.dither = 0
    options.frame_opts.window_type = "hanning"
    options.frame_opts.frame_shift_ms = 10
    options.frame_opts.frame_length_ms = 25
    options.frame_opts.snip_edges = True
    options.frame_opts.remove_dc_offset = True
    options.frame_opts.preemph_coeff = 0.97
    options.mel_opts.num_bins = bands
    options.mel_opts.low_freq = low
    options.mel_opts.high_freq = high
    options.use_energy = False
    options.energy_floor = 0
    computer = knf.OnlineFbank(options)
    computer.accept_waveform(rate, x.tolist())
    computer.input_finished()
    return np.stack([computer.get_frame(i) for i in range(computer.num_frames_ready)])


def formula(x, rate, bands=128, low=20.0, high=None):
    """The formula of docs/data-sound.md, written down once more, in float64."""
    x = x.astype(np.float64)
    window, hop = rate * 25 // 1000, rate // 100
    n = 1 << (window - 1).bit_length()
    w = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / (window - 1))
    mel = lambda f: 1127 * np.log1p(f / 700)
    corners = np.linspace(mel(low), mel(high or rate / 2), bands + 2)
    k = mel(np.arange(n // 2) * rate / n)
    up = (k[None] - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    down = (corners[2:, None] - k[None]) / (corners[2:] - corners[1:-1])[:, None]
    filters = np.maximum(0, np.minimum(up, down))
    rows = []
    for t in range(1 + (len(x) - window) // hop):
        f = x[t * hop:t * hop + window]
        f = f - f.mean()
        f = f - 0.97 * np.concatenate([f[:1], f[:-1]])
        p = np.abs(np.fft.rfft(f * w, n)) ** 2
        rows.append(np.log(np.maximum(filters @ p[:-1], 1.1920929e-7)))
    return np.array(rows)


def sound(rate, seconds):
    """Two tones, one rising, and deterministic noise, with a mean that is not zero."""
    t = np.arange(int(rate * seconds)) / rate
    x = 0.3 * np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 3000 * t**2)
    noise = (np.arange(len(t)) * 7919 % 1009) / 1009 - 0.5
    return (x + 0.02 * noise + 0.05).astype(np.float32)


def store(name, values):
    values.T.astype("<f4").tofile(f"sound_{name}.f32")
    print(name, values.shape)


for rate, options in [(16000, {}), (22050, {"bands": 40, "low": 50.0, "high": 9000.0})]:
    x = sound(rate, 0.3)
    x = x - x.mean(dtype=np.float64).astype(np.float32)
    found, exact = fbank(x, rate, **options), formula(x, rate, **options)
    print(rate, found.shape, "largest difference", np.abs(found - exact).max())
    store(f"fbank_{rate}", found)

# The check values of the formula: no noise, no mean, one second.
t = np.arange(16000) / 16000
x = (0.3 * np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 3000 * t**2)).astype(np.float32)
y = formula(x - x.mean(), 16000)
print(y.shape, y[0, [0, 1, 20, 60]], y[50, [0, 20]])
