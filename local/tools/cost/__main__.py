"""`make cost`: print what AWS charges, by part, and what binds first as the number of videos grows."""

from local.tools import running_cost
from local.tools.cost import limits, per_video


def main() -> None:
    print("# 1,000 videos", per_video.comparison(), sep="\n\n")
    print("\n# A month without traffic", running_cost.per_month(), sep="\n\n")
    print("\n# What binds first", limits.rows(), limits.summary(), sep="\n\n")


if __name__ == "__main__":
    main()
