"""The page as an asset of the build job."""

import dagster as dg

from pipelines import freshness, in_words, owners
from pipelines.page import files
from pipelines.settings import Settings
from pipelines.warehouse_assets import PUBLISHED

PAGE = dg.AssetKey(["warehouse", "scorecard_page"])
KEPT = dg.AssetKey(["kompas", "verdicts"])


def page_asset(settings: Settings) -> dg.AssetsDefinition:
    """Made after publishing, and after the night's verdicts were kept: the index reads those."""

    @dg.asset(
        key=PAGE,
        deps=[PUBLISHED, KEPT],
        group_name="published",
        kinds={"html"},
        owners=owners.of_kpis(settings.kpis),
        freshness_policy=freshness.policy(settings),
        description="The scorecard as a page that needs no server, and an index over the nights",
    )
    def scorecard_page() -> dg.MaterializeResult:
        with in_words.failures("scorecard_page"):
            written = files.write(settings)
        return dg.MaterializeResult(
            metadata={
                "file": dg.MetadataValue.path(str(written.file)),
                "page": dg.MetadataValue.url(written.file.resolve().as_uri()),
                "bytes": dg.MetadataValue.int(written.bytes),
                "night": dg.MetadataValue.text(written.night.isoformat()),
            }
            | {name: dg.MetadataValue.int(count) for name, count in written.verdicts.items()}
        )

    return scorecard_page
