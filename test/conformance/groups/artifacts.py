"""Artifacts: logged, listed, downloaded; by the client and at the proxy."""

import os

import mlflow
from mlflow import MlflowClient

START = 1_700_000_000_000
PROXY = "/api/2.0/mlflow-artifacts/artifacts"


def run(rec):
    client = MlflowClient()
    step = rec.step
    temp = rec.folders["temp"]
    experiment = mlflow.set_experiment("artifacts").experiment_id
    source = os.path.join(temp, "source")
    os.makedirs(os.path.join(source, "deep", "er"))
    for path, content in (
        ("plain.txt", b"line\n"),
        ("deep/binary.bin", bytes(range(256)) * 8),
        ("deep/er/empty", b""),
        ("a+b & c.txt", b"odd"),
    ):
        with open(os.path.join(source, path), "wb") as file:
            file.write(content)

    with mlflow.start_run(run_name="fluent") as active:
        run_id = active.info.run_id
        step("log_artifact", lambda: mlflow.log_artifact(os.path.join(source, "plain.txt")))
        step(
            "log_artifact below",
            lambda: mlflow.log_artifact(os.path.join(source, "plain.txt"), "a/b"),
        )
        step("log_artifacts", lambda: mlflow.log_artifacts(source, "tree"))
        step("log_text", lambda: mlflow.log_text("text ü", "texts/note.txt"))
        step("log_dict as JSON", lambda: mlflow.log_dict({"a": [1, 2, {"b": None}]}, "dict.json"))
        step("log_dict as YAML", lambda: mlflow.log_dict({"a": 1}, "dict.yaml"))
        step("log_text over it", lambda: mlflow.log_text("another", "texts/note.txt"))
        step("log_table", lambda: mlflow.log_table({"x": [1, 2]}, "table.json"))
        for name in ("50%.txt", "größe 温度 (1).txt"):
            odd = os.path.join(temp, name)
            with open(odd, "wb") as file:
                file.write(b"odd")
            step(f"log {name}", lambda: mlflow.log_artifact(odd, "odd"))
        step("artifact uri", lambda: mlflow.get_artifact_uri("texts/note.txt"))
        step("log what is not there", lambda: mlflow.log_artifact(os.path.join(source, "no file")))
        step(
            "log above the root",
            lambda: mlflow.log_artifact(os.path.join(source, "plain.txt"), "../up"),
        )
    for path in (
        None,
        "",
        "a",
        "a/b",
        "tree",
        "tree/deep",
        "tree/",
        "texts/note.txt",
        "nowhere",
        "..",
        "a/../tree",
        "/etc",
        "./a",
        "%2e%2e",
    ):
        step(f"list {path!r}", lambda: client.list_artifacts(run_id, path))
    step("list of an unknown run", lambda: client.list_artifacts("f" * 32))

    def tree(folder):
        found = {}
        for root, _, files in os.walk(folder):
            for file in files:
                path = os.path.join(root, file)
                with open(path, "rb") as content:
                    found[os.path.relpath(path, folder)] = content.read().hex()
        return found

    def download(path, into):
        target = os.path.join(temp, "downloads", into)
        os.makedirs(target)
        local = mlflow.artifacts.download_artifacts(
            run_id=run_id, artifact_path=path, dst_path=target
        )
        return {"path": os.path.relpath(local, target), "files": tree(target)}

    step("download a file", lambda: download("texts/note.txt", "1"))
    step("download a folder", lambda: download("tree", "2"), wire=False)
    step("download another folder", lambda: download("a", "3"), wire=False)
    step("download 50%.txt", lambda: download("odd/50%.txt", "5"), wire=False)
    step("download größe", lambda: download("odd/größe 温度 (1).txt", "6"), wire=False)
    step("download nothing", lambda: download("nowhere", "4"))
    step("load_text", lambda: mlflow.artifacts.load_text(f"runs:/{run_id}/texts/note.txt"))
    step("load_dict", lambda: mlflow.artifacts.load_dict(f"runs:/{run_id}/dict.json"))
    step(
        "load_table",
        lambda: mlflow.load_table("table.json", run_ids=[run_id]),
        view=lambda table: table.to_dict("list"),
    )
    # The client's call for it does nothing of its own on this kind of store.
    step("list by uri", lambda: mlflow.artifacts.list_artifacts(f"runs:/{run_id}/a"))

    rec.request("raw list", "GET", f"artifacts/list?run_id={run_id}")
    rec.request("raw list by run_uuid", "GET", f"artifacts/list?run_uuid={run_id}&path=a")
    rec.request("raw list without run", "GET", "artifacts/list")
    for path in (
        "..",
        "../..",
        "a/../..",
        "/etc",
        "%252e%252e",
        "a%00b",
        "C:\\x",
        "a#b",
        "..\\x",
        "file:///etc",
    ):
        rec.request(
            f"raw list {path}",
            "GET",
            f"artifacts/list?run_id={run_id}&path={path.replace('#', '%23')}",
        )

    def file(name, path, **options):
        rec.request(f"get-artifact, {name}", "GET", f"/get-artifact{path}", **options)

    file("text", f"?run_id={run_id}&path=plain.txt")
    file("by run_uuid", f"?run_uuid={run_id}&path=dict.json")
    file(
        "name of other scripts",
        f"?run_id={run_id}&path=odd/gr%C3%B6%C3%9Fe%20%E6%B8%A9%E5%BA%A6%20(1).txt",
    )
    file("missing", f"?run_id={run_id}&path=nowhere")
    file("above", f"?run_id={run_id}&path=../../x")
    file("folder", f"?run_id={run_id}&path=tree")
    file("no path", f"?run_id={run_id}")
    file("no run", "?path=plain.txt")
    file("unknown run", "?run_id=nope&path=plain.txt")

    _proxy(rec)
    upload = "/ajax-api/2.0/mlflow/upload-artifact"
    rec.request(
        "upload from pages", "POST", f"{upload}?run_uuid={run_id}&path=from/page.txt", data=b"page"
    )
    rec.request("upload, no run", "POST", f"{upload}?path=x.txt", data=b"page")
    rec.request("upload, no path", "POST", f"{upload}?run_uuid={run_id}", data=b"page")
    rec.request("upload, nothing", "POST", f"{upload}?run_uuid={run_id}&path=x.txt", data=b"")
    rec.request("upload, unknown run", "POST", f"{upload}?run_uuid=nope&path=x.txt", data=b"page")
    rec.request("upload, above", "POST", f"{upload}?run_uuid={run_id}&path=../x.txt", data=b"page")
    rec.request("uploaded from pages", "GET", f"/get-artifact?run_id={run_id}&path=from/page.txt")


def _proxy(rec):
    def put(name, path, data=b"proxied", **options):
        rec.request(f"proxy, put {name}", "PUT", f"{PROXY}/{path}", data=data, **options)

    def get(name, path, **options):
        rec.request(f"proxy, get {name}", "GET", f"{PROXY}/{path}", **options)

    for name in (
        "a.txt",
        "b.json",
        "c.html",
        "d.svg",
        "e.png",
        "f.unknown",
        "g",
        "MLmodel",
        "h.csv",
        "j.tar.gz",
        "k.md",
        "l.log",
        "m.yaml",
        "n.xml",
        "o.js",
        "p.pdf",
        "q.gz",
    ):
        put(name, f"proxy/{name}")
        get(name, f"proxy/{name}")
    put("deep", "proxy/x/y/z.txt")
    put("blank in the name", "proxy/a%20b.txt")
    get("blank in the name", "proxy/a%20b.txt")
    put("over it", "proxy/a.txt", b"again")
    get("over it", "proxy/a.txt")
    put("nothing", "proxy/empty.txt", b"")
    get("nothing", "proxy/empty.txt")
    put("big", "proxy/big.bin", bytes(range(256)) * 20_000)
    rec.step(
        "proxy, get big", lambda: len(rec.session.get(f"{rec.url}{PROXY}/proxy/big.bin").content)
    )
    put("in chunks", "proxy/chunks.txt", iter([b"one ", b"two"]))
    get("in chunks", "proxy/chunks.txt")
    put(
        "JSON body",
        "proxy/body.json",
        b'{"a": 1}',
        headers_sent={"Content-Type": "application/json"},
    )
    for name, path in (
        ("parent", "proxy/%2e%2e/%2e%2e/up.txt"),
        ("parent, encoded twice", "proxy/%252e%252e/%252e%252e/up.txt"),
        ("parent, slash encoded", "proxy/..%2f..%2fup.txt"),
        ("parent, all encoded", "%2e%2e%2f%2e%2e%2fup.txt"),
        ("absolute", "%2fetc%2fpasswd"),
        ("absolute, encoded twice", "%252fetc%252fpasswd"),
        ("windows", "C:%5cx"),
        ("backslashes", "proxy/..%5c..%5cup.txt"),
        ("fragment", "proxy/a%23b.txt"),
        ("nul", "proxy/a%00b.txt"),
        ("dot", "proxy/%2e/a.txt"),
        ("scheme", "file:%2f%2f%2fetc%2fpasswd"),
    ):
        get(name, path)
        put(name, path)
        rec.request(f"proxy, delete {name}", "DELETE", f"{PROXY}/{path}")
    get("missing", "proxy/nowhere.txt")
    get("folder", "proxy/x")
    rec.request("proxy, list", "GET", f"{PROXY}?path=proxy")
    rec.request("proxy, list deep", "GET", f"{PROXY}?path=proxy/x")
    rec.request("proxy, list nothing", "GET", f"{PROXY}?path=proxy/nowhere")
    rec.request("proxy, list above", "GET", f"{PROXY}?path=..")
    rec.request("proxy, list above, encoded twice", "GET", f"{PROXY}?path=%252e%252e")
    rec.request("proxy, delete", "DELETE", f"{PROXY}/proxy/a.txt")
    get("deleted", "proxy/a.txt")
    rec.request("proxy, delete again", "DELETE", f"{PROXY}/proxy/a.txt")
    rec.request("proxy, delete folder", "DELETE", f"{PROXY}/proxy/x")
    rec.request("proxy, list after deletes", "GET", f"{PROXY}?path=proxy")
    rec.request("proxy, for pages", "GET", "/ajax-api/2.0/mlflow-artifacts/artifacts?path=proxy/x")
    parts = {"path": "x.bin", "num_parts": 2}
    rec.request("proxy, multipart", "POST", "/api/2.0/mlflow-artifacts/mpu/create/proxy", parts)
    rec.request(
        "proxy, multipart without path",
        "POST",
        "/api/2.0/mlflow-artifacts/mpu/create/proxy",
        {"num_parts": 2},
    )
    rec.request(
        "proxy, multipart complete",
        "POST",
        "/api/2.0/mlflow-artifacts/mpu/complete/proxy",
        {"path": "x.bin", "upload_id": "u", "parts": []},
    )
    rec.request(
        "proxy, multipart abort",
        "POST",
        "/api/2.0/mlflow-artifacts/mpu/abort/proxy",
        {"path": "x.bin", "upload_id": "u"},
    )
    rec.request("proxy, presigned", "GET", "/api/2.0/mlflow-artifacts/presigned/proxy/b.json")
