"""Takes the place of modules that need what this Python doesn't have."""

message = f"this Python has the standard library only and can't install packages: there is no {__spec__.name}"
if __name__ == "__main__":
    raise SystemExit(f"python3: {message}")
raise ModuleNotFoundError(message, name=__name__)
