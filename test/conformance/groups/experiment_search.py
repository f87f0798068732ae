"""Searching experiments: filters, orders, pages, lifecycle stages."""

import base64

from mlflow import MlflowClient
from mlflow.entities import ViewType

FILTERS = [
    "name = 'es a'",
    "name != 'es a'",
    "name LIKE 'es %'",
    "name LIKE 'ES %'",
    "name ILIKE 'ES %'",
    "name LIKE 'es _'",
    "name LIKE 'es 10\\%'",
    "name LIKE '%\\_%'",
    "attribute.name = 'es b'",
    "attributes.name = 'es b'",
    "tags.kind = 'odd'",
    "tag.kind = 'odd'",
    "tags.kind != 'odd'",
    "tags.kind LIKE 'o%'",
    "tags.kind ILIKE 'O%'",
    "tags.`a key` = 'x'",
    "tags.\"a key\" = 'x'",
    "tags.kind IS NULL",
    "tags.kind IS NOT NULL",
    "tags.kind = 'odd' AND name = 'es b'",
    "tags.kind = 'odd' and tags.`a key` = 'x'",
    "creation_time > 0",
    "creation_time > 9999999999999",
    "creation_time <= 9999999999999 AND last_update_time >= 1",
    "last_update_time = 5",
    "last_update_time != 5",
    "",
    "  ",
    "name = 'es a' AND",
    "name = 'es a' OR name = 'es b'",
    "NOT name = 'es a'",
    "(name = 'es a')",
    "name == 'es a'",
    "name <> 'es a'",
    "name > 'es a'",
    "name like 'es %'",
    "name = es",
    'name = "es a"',
    "creation_time > '5'",
    "creation_time LIKE 'x'",
    "creation_time > abc",
    "experiment_id = '1'",
    "lifecycle_stage = 'active'",
    "metrics.a > 1",
    "tags.kind > 'a'",
    "tags.kind IN ('odd')",
    "name IN ('es a')",
    "foo = 'x'",
    "name",
    "name =",
    "= 'x'",
    "name = 'unclosed",
    "name = 'es a';",
    "name BETWEEN 'a' AND 'b'",
    "name = 'es a', name = 'es b'",
    "name = 5",
    "tags.kind = 5",
    "name IS NULL",
]
ORDERS = [
    None,
    [],
    ["name"],
    ["name ASC"],
    ["name DESC"],
    ["name desc"],
    ["experiment_id DESC"],
    ["experiment_id"],
    ["creation_time", "name DESC"],
    ["last_update_time DESC"],
    ["name", "name DESC"],
    ["attribute.name DESC"],
    ["attributes.name DESC"],
    ["tags.kind"],
    ["foo"],
    ["name UP"],
    ["name ASC DESC"],
    [""],
    ["lifecycle_stage"],
    ["`name` DESC"],
]


def run(rec):
    client = MlflowClient()
    names = ["es a", "es b", "es c", "es 10%", "es 10x", "es_d", "ES e", "es f"]
    ids = {}
    for index, name in enumerate(names):
        tags = {"kind": "odd" if index % 2 else "even"} if index < 5 else {}
        if index == 1:
            tags["a key"] = "x"
        ids[name] = client.create_experiment(name, tags=tags)
    client.delete_experiment(ids["es f"])

    def search(**options):
        found = client.search_experiments(**options)
        return [e.name for e in found if e.name in ids]

    for text in FILTERS:
        rec.step(
            f"filter {text}", lambda: search(filter_string=text, order_by=["name"]), wire=False
        )
    for order in ORDERS:
        rec.step(
            f"order {order}",
            lambda: search(filter_string="name ILIKE 'es%'", order_by=order),
            wire=False,
        )
    for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL):
        rec.step(
            f"view {ViewType.to_string(view)}",
            lambda: search(view_type=view, filter_string="name ILIKE 'es%'", order_by=["name"]),
        )

    def pages(size, **options):
        token, found = None, []
        while True:
            page = client.search_experiments(max_results=size, page_token=token, **options)
            found.append([[e.name for e in page], bool(page.token)])
            token = page.token
            if not token:
                return found

    for size in (1, 3, 7, 100):
        rec.step(
            f"pages of {size}", lambda: pages(size, filter_string="name ILIKE 'es%'"), wire=False
        )
    rec.step(
        "pages, ordered by time",
        lambda: pages(2, filter_string="name ILIKE 'es%'", order_by=["creation_time DESC", "name"]),
        wire=False,
    )

    def raw(name, body):
        rec.request(name, "POST", "experiments/search", body)

    one = {"filter": "name = 'es a'"}
    raw("raw search", one | {"max_results": 10})
    raw("raw without max_results", one)
    raw("raw max_results 0", one | {"max_results": 0})
    raw("raw max_results -1", one | {"max_results": -1})
    raw("raw max_results 50000", one | {"max_results": 50000})
    raw("raw max_results 50001", one | {"max_results": 50001})
    raw("raw max_results as text", one | {"max_results": "10"})
    raw("raw max_results no number", one | {"max_results": "ten"})
    raw("raw max_results a fraction", one | {"max_results": 1.5})
    raw("raw view by number", one | {"max_results": 10, "view_type": 3})
    raw("raw view unknown", one | {"max_results": 10, "view_type": "SOME"})
    raw("raw order no list", one | {"max_results": 10, "order_by": "name"})
    raw("raw filter a number", {"max_results": 10, "filter": 5})
    raw("raw nothing found", {"max_results": 10, "filter": "name = 'nobody'"})
    raw("raw bad token", {"max_results": 10, "page_token": "abc"})
    raw("raw token not base64", {"max_results": 10, "page_token": "!!"})
    raw("raw token without offset", {"max_results": 10, "page_token": _token("{}")})
    raw("raw token of offset 0", {"max_results": 10, "page_token": _token('{"offset": 0}')})
    raw("raw empty token", one | {"max_results": 10, "page_token": ""})
    rec.request("raw get", "GET", "experiments/search?max_results=5&filter=name%20%3D%20'es%20a'")
    rec.request(
        "raw get, orders",
        "GET",
        "experiments/search?max_results=2&filter=name%20LIKE%20'es%20%25'"
        "&order_by=name&order_by=creation_time",
    )
    rec.request(
        "raw get for pages",
        "GET",
        "/ajax-api/2.0/mlflow/experiments/search?max_results=5&filter=name%20%3D%20'es%20a'",
    )


def _token(text):
    return base64.b64encode(text.encode()).decode()
