#!/usr/bin/env python3
"""Writes the golden .npy and .npz files beside it.

Made with Python 3.11.7, NumPy 2.4.6. The two case files (c02, c10) are copies of the oracle's.
"""
import math
import os

import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))

# Every type that can be read, [2, 3], of values that the type holds exactly.
arrays = {}
for code in ("f2", "f4", "f8"):
    for order in "<>":
        name = code + ("_big" if order == ">" else "")
        arrays[name] = np.array([[-1.5, 0.0, 0.25], [3.0, 1024.0, -0.125]], order + code)
for code in ("i1", "i2", "i4", "i8"):
    high = 2 ** (8 * int(code[1]) - 1) - 1
    arrays[code] = np.array([[-high - 1, -1, 0], [1, 2, high]], "<" + code)
for code in ("u1", "u2", "u4", "u8"):
    high = 2 ** (8 * int(code[1])) - 1
    arrays[code] = np.array([[0, 1, 2], [3, 4, high]], "<" + code)
arrays["i4_big"] = np.array([[-5, -1, 0], [1, 2, 70000]], ">i4")
arrays["bool"] = np.array([[True, False, True], [False, False, True]])
arrays["scalar"] = np.float32(2.5)
arrays["empty"] = np.zeros((0, 4), np.float64)
arrays["cube"] = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
np.savez("types.npz", **arrays)
np.savez_compressed("compressed.npz", ramp=np.arange(1000, dtype=np.int32), zeros=np.zeros((64, 64)),
                    empty=np.zeros((0, 4), np.float32))
np.savez("nothing.npz")

values = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], np.float32)
for version in ((1, 0), (2, 0), (3, 0)):
    with open("version%d.npy" % version[0], "wb") as f:
        np.lib.format.write_array(f, values, version=version)
np.save("fortran.npy", np.asfortranarray(values))
# Counted in C order, saved in Fortran's; the labels are numbers and names.
np.savez("fortran.npz", **{name: np.asfortranarray(np.arange(np.prod(shape)).reshape(shape).astype(kind))
                           for name, shape, kind in [
                               ("plane", (70, 45), "<f4"), ("video", (5, 7, 3, 2), ">i2"),
                               ("square", (33, 3, 2), "u1"), ("doubles", (2, 40, 33), "<f8")]})
names = np.array(["owl", "cat", "dog", "owl"])
np.savez("labels.npz", text=names, big=names.astype(">U3"), bytes=names.astype("S"),
         numbers=np.array(["2", "0", "1"]), wide=np.array(["Größe", "\U0001f989", ""]))
np.save("objects.npy", np.array([{"a": 1}, None], object), allow_pickle=True)
np.save("structures.npy", np.array([(1, 2.0)], [("a", "<i4"), ("b", "<f4")]))
np.save("text.npy", np.array(["one", "three"]))
np.save("complex.npy", np.array([1 + 2j], np.complex64))

# What NumPy reads in the case files: shape, exact sum of the finite values, and the last value.
with open("cases.csv", "w") as f:
    f.write("file,name,shape,sum,last\n")
    for case in ("c02_m2_default.npz", "c10_m3_missing.npz"):
        with np.load(case) as file:
            for name in file.files:
                value = file[name].astype(np.float64)
                finite = value[np.isfinite(value)]
                last = repr(float(value.flat[-1])) if value.size else ""
                f.write("%s,%s,%s,%r,%s\n" % (
                    case, name, "x".join(map(str, value.shape)), math.fsum(finite.tolist()), last))
