"""Golden values for the sound reader: python sound_golden.py, in this folder.

Made with Python 3.11, librosa 0.11.0, NumPy 2.4.6, SciPy 1.17.1. All computed in float64 and
stored as raw little-endian float32, row-major; the tests know the shapes.
"""
import wave
import librosa
import numpy as np

rate = 16000
time = np.arange(4000) / rate
noise = np.random.default_rng(7).standard_normal(4000)
sound = 0.3 * np.sin(2 * np.pi * 440 * time) + 0.2 * np.sin(2 * np.pi * 9000 * time**2)
sound += 0.05 * noise
pcm = np.round(np.clip(sound, -1, 1) * 32767).astype("<i2")
with wave.open("sound_chirp.wav", "wb") as file:  # [4000], 16 kHz, mono, 16 bits
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(rate)
    file.writeframes(pcm.tobytes())
sound = pcm / 32768.0


def store(name, values):
    values.astype("<f4").tofile(f"sound_{name}.f32")
    print(name, values.shape)


def magnitude(x, window, hop, center):
    s = librosa.stft(x, n_fft=window, hop_length=hop, window="hann", center=center,
                     pad_mode="constant", dtype=np.complex128)
    return np.log(np.abs(s) + 1e-7)


def mel(x, window, hop, **options):
    m = librosa.feature.melspectrogram(
        y=x, sr=rate, n_fft=window, hop_length=hop, pad_mode="constant", power=2.0, **options)
    return np.log(np.maximum(m, 1e-10))


store("stft_100_40", magnitude(sound[:1000], 100, 40, True))
store("stft_75_30", magnitude(sound[:1000], 75, 30, True))  # odd: 37 zeros at each end
store("stft_96_50_uncentred", magnitude(sound[:1000], 96, 50, False))
store("mel_400_160", mel(sound, 400, 160, n_mels=64))
store("mel_256_100_band", mel(sound[:2000], 256, 100, n_mels=20, fmin=50.0, fmax=7000.0,
                              center=False))
store("filters_400_20", librosa.filters.mel(sr=rate, n_fft=400, n_mels=20, fmin=50.0,
                                            fmax=7000.0, dtype=np.float64))
