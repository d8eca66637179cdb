"""./run bench [NAME ...] [--option=value ...]: runs the measurements named, or lists them."""

import sys
from importlib import import_module
from pathlib import Path

names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))

if __name__ == "__main__":
    chosen = [word for word in sys.argv[1:] if not word.startswith("-")]  # options are the measurement's own
    if not chosen or set(chosen) - set(names):
        print("Measurements:")
        for name in names:
            summary = (import_module(f"benchmarks.{name}").__doc__ or "").splitlines()[0]
            print(f"  ./run bench {name:20} {summary}")
        sys.exit(2 if set(chosen) - set(names) else 0)
    for name in chosen:
        import_module(f"benchmarks.{name}").main()
