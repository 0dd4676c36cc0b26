"""``datasets/croissant.json``: the data for catalogues and loaders, in MLCommons' Croissant.

Format 1.0, https://docs.mlcommons.org/croissant/docs/croissant-spec.html: JSON-LD that names the
files of one state and, of every table, the columns with their types.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from newsgrain import layout
from newsgrain.nights import Citation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsgrain.catalog import Catalog
    from newsgrain.columns import Column
    from newsgrain.holdings import Holdings
    from newsgrain.schema import Table

# As the specification gives it: loaders compare it with theirs.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = (
    (pa.types.is_timestamp, "sc:DateTime"),
    (pa.types.is_boolean, "sc:Boolean"),
    (pa.types.is_integer, "sc:Integer"),
    (pa.types.is_floating, "sc:Float"),
)


def croissant(holdings: Holdings, catalog: Catalog) -> str:
    """Return the metadata of a state as JSON-LD."""
    manifest = holdings.manifest
    tables = catalog.tables.values()
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "news-articles",
        "description": (
            "Pages of news sites, cleaned into articles, with the people who speak in them, "
            "their words and their recommendations. The texts belong to their publishers."
        ),
        "datePublished": manifest.created_at.isoformat(),
        "dateModified": manifest.created_at.isoformat(),
        "inLanguage": list(holdings.languages),
        "version": f"{manifest.schema_version}.{layout.sequence(manifest.run_id)}.0",
        "isLiveDataset": True,
        "citeAs": _citation(holdings).bibtex(),
        "distribution": [_manifest(holdings), *(_files(holdings, table) for table in tables)],
        "recordSet": [_records(table) for table in tables],
    }
    if holdings.days:
        first, last = holdings.days
        document["temporalCoverage"] = f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _citation(holdings: Holdings) -> Citation:
    manifest = holdings.manifest
    return Citation(
        run_id=manifest.run_id,
        published_at=manifest.created_at,
        manifest_sha256=holdings.manifest_sha256,
        articles=holdings.articles,
        revisions=manifest.rows("revisions"),
        schema_version=manifest.schema_version,
        cleaner_version=manifest.cleaner_version,
        newsgrain_version=manifest.newsgrain_version,
    )


def _manifest(holdings: Holdings) -> dict[str, Any]:
    """Return the entry of the file that names every other one with its digest."""
    return {
        "@type": "cr:FileObject",
        "@id": "manifest",
        "name": "manifest",
        "description": "Every file of this state with its size, its rows and its sha256.",
        "contentUrl": f"{layout.MANIFESTS}/{holdings.manifest.snapshot}.json",
        "encodingFormat": "application/json",
        "sha256": holdings.manifest_sha256,
    }


def _files(holdings: Holdings, table: Table) -> dict[str, Any]:
    # The folder that the links lead to: loaders do not follow links, and this state is pinned.
    folder = f"{layout.SNAPSHOTS}/{holdings.manifest.snapshot}"
    return {
        "@type": "cr:FileSet",
        "@id": f"{table.name}-files",
        "name": f"{table.name}-files",
        "description": f"The Parquet files of {table.name}.",
        "encodingFormat": "application/x-parquet",
        "includes": f"{folder}/{table.name}/*.parquet",
    }


def _records(table: Table) -> dict[str, Any]:
    plain = [column for column in table.columns if not _is_structured(column)]
    left = [f"`{column.name}`" for column in table.columns if _is_structured(column)]
    more = f" Columns of structures, in schema.json: {', '.join(left)}." if left else ""
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": f"{table.description.capitalize()}.{more}",
        **_key(table.name, {column.name for column in plain}),
        "field": [_field(table, column) for column in plain],
    }


def _key(table: str, columns: Iterable[str]) -> dict[str, Any]:
    """Return what names a row, where Croissant can say it: by columns of the table itself."""
    names = {
        "articles": ("article_id",),
        "revisions": ("article_id", "revision"),
        "pages": ("page_id",),
        "runs": ("run_id",),
    }.get(table, ("article_id", "ord"))
    if not set(names) <= set(columns):
        return {}
    return {"key": [{"@id": f"{table}/{name}"} for name in names]}


def _is_structured(column: Column) -> bool:
    type_ = column.type
    return bool(pa.types.is_list(type_) and pa.types.is_struct(type_.value_type))


def _field(table: Table, column: Column) -> dict[str, Any]:
    is_list = pa.types.is_list(column.type)
    type_ = column.type.value_type if is_list else column.type
    data_type = next((name for is_it, name in _TYPES if is_it(type_)), "sc:Text")
    term = f"https://schema.org/{column.same_as}" if column.same_as else None
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.description,
        "dataType": data_type,
        **({"repeated": True} if is_list else {}),
        **({"equivalentProperty": term} if term else {}),
        "source": {
            "fileSet": {"@id": f"{table.name}-files"},
            "extract": {"column": column.name},
        },
    }
