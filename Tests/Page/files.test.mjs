import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const target = fileURLToPath(new URL("../../Sources/DashboardPage/", import.meta.url));
const page = join(target, "page");

function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [relative(page, path)];
  });
}

// Tells node what the modules are; no part of the page.
const files = filesBelow(page).filter((file) => file !== "package.json").sort();
const text = (file) => readFileSync(join(page, file), "utf8");

test("every file of the page is put into the binary, and no other", () => {
  const source = readFileSync(join(target, "page.c"), "utf8");
  const embedded = [...source.matchAll(/^#embed "page\/(.*)"$/gm)].map((match) => match[1]).sort();
  const all = [...source.matchAll(/^ {4}\{"(.*?)", /gm)].map((match) => match[1]);
  // The API's description lies with the documents.
  const named = all.filter((name) => name !== "openapi.json").sort();
  assert.deepEqual(embedded, files);
  assert.deepEqual(named, files);
});

test("the page obeys its content security policy: no inline script or style, nothing from elsewhere", () => {
  for (const file of files.filter((name) => name.endsWith(".html"))) {
    const html = text(file);
    assert.doesNotMatch(html, /\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)/i, file);
    assert.doesNotMatch(html, /(src|href|action)="(?!\/|#)/i, file);
  }
  for (const file of files.filter((name) => /\.(js|css)$/.test(name))) {
    assert.doesNotMatch(text(file), /https?:\/\/(?!www\.w3\.org\/2000\/svg")|data:|url\(/, file);
  }
});

test("text from the balancer never becomes markup", () => {
  for (const file of files.filter((name) => name.endsWith(".js"))) {
    assert.doesNotMatch(
      text(file),
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/,
      file,
    );
  }
});

test("whatever a page refers to is there", () => {
  for (const file of files.filter((name) => name.endsWith(".html"))) {
    for (const [, asset] of text(file).matchAll(/"\/assets\/(.*?)"/g)) {
      assert.ok(files.includes(asset), `${file}: ${asset}`);
    }
  }
  for (const file of files.filter((name) => name.startsWith("js/"))) {
    for (const [, module] of text(file).matchAll(/from "\.\/(.*?)"/g)) {
      assert.ok(files.includes(`js/${module}`), `${file}: ${module}`);
    }
  }
});

test("every element that a module asks for by its id is in the page", () => {
  const ids = new Set([...text("index.html").matchAll(/\sid="(.*?)"/g)].map((match) => match[1]));
  for (const file of files.filter((name) => name.startsWith("js/"))) {
    for (const [, id] of text(file).matchAll(/byId\("(.*?)"\)/g)) assert.ok(ids.has(id), `${file}: ${id}`);
  }
});
