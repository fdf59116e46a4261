// The Lite adapter in Pyodide, the browser's Python, under Node: node pyodide_run.mjs TOOLS ROOT < CALLS.json
// CALLS are [function, [matrix or null, ...]]; the answers, or the name of a missing package, go to standard output.
import { readFileSync } from "node:fs";
import path from "node:path";

const [tools, root] = process.argv.slice(2);
const { loadPyodide } = await import(path.join(tools, "node_modules", "pyodide", "pyodide.mjs"));
const calls = readFileSync(0, "utf-8");
const pyodide = await loadPyodide({ packageBaseUrl: root });
pyodide.FS.mkdirTree("/repo");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root }, "/repo");
pyodide.globals.set("calls", calls);
const answers = pyodide.runPython(`
import importlib, json, sys
sys.dont_write_bytecode = True
sys.path[:0] = ["/repo", "/repo/tests/lite"]
sys.modules["xlwings"] = xlwings = importlib.import_module("xlwings_stand_in")
names = {"__name__": "main"}
exec(open("/repo/templates/xlwings_lite/main.py").read(), names)

def answer(function, cells):
    try:
        return xlwings.call(names[function], cells)
    except ImportError as missing:
        return missing.name

json.dumps([answer(*call) for call in json.loads(calls)])
`);
process.stdout.write(answers);
