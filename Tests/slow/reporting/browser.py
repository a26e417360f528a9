"""Looks at pages in a headless Chromium, over its pipe of the DevTools protocol: nothing but Python's own library.

browser.py PAGE.html [--pictures FOLDER] [--height PIXELS]

Opens the page at 390 and at 1280 pixels, in light and in the dark, and prints what it found as JSON: widths, headings,
what pictures lack, contrasts of text below 4.5 to 1, requests, messages of the console.
"""

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile

LOOK = r"""
(() => {
  const light = c => {
    const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  };
  const colour = text => (text.match(/[\d.]+/g) || []).map(Number);
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const c = colour(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
    if (!text || ['TITLE', 'STYLE'].includes(element.tagName.toUpperCase())) continue;
    // In a cell of a heat map the ground is the cell.
    if (element.classList.contains('over')) continue;
    const style = getComputedStyle(element);
    const ink = colour(element.closest('svg') ? style.fill : style.color), paper = ground(element);
    const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) weak.push([text, (a + 0.05) / (b + 0.05)]);
  }
  const pictures = [...document.querySelectorAll('svg')];
  const wide = [...document.querySelectorAll('body *')].filter(e =>
    !e.closest('svg, .wide, pre') && e.getBoundingClientRect().right > innerWidth + 1);
  const spilt = pictures.flatMap(p => [...p.querySelectorAll('text')].filter(t => {
    const [box, frame] = [t.getBoundingClientRect(), p.getBoundingClientRect()];
    return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1);
  }).map(t => t.textContent));
  return JSON.stringify({
    width: document.documentElement.scrollWidth, window: innerWidth,
    headings: [...document.querySelectorAll('h1, h2')].map(e => e.textContent).slice(1),
    pictures: pictures.map(p => p.querySelector(':scope > title')?.textContent ?? ''),
    unlabelled: pictures.filter(p => !p.getAttribute('aria-label') || p.getAttribute('role') !== 'img').length,
    tables: [...document.querySelectorAll('caption')].map(e => e.textContent),
    scripts: document.scripts.length,
    obeyed: document.querySelectorAll('b, img, iframe, [onload], [onclick]').length,
    weak: weak.slice(0, 10), wide: wide.slice(0, 5).map(e => e.tagName + '.' + e.className), spilt: spilt.slice(0, 10),
    dark: matchMedia('(prefers-color-scheme: dark)').matches,
    paper: getComputedStyle(document.body).backgroundColor,
  });
})()
"""


class Browser:
    """A Chromium of its own, told what to do over a pipe."""

    def __init__(self):
        to_read, self.into = os.pipe()
        self.out, to_write = os.pipe()
        os.set_inheritable(to_read, True)
        os.set_inheritable(to_write, True)
        self.folder = tempfile.TemporaryDirectory()

        def place():
            # dup2 makes descriptors that are handed on; first out of the way of each other.
            ends = [os.dup(to_read), os.dup(to_write)]
            for number, end in zip((3, 4), ends):
                os.dup2(end, number)

        self.process = subprocess.Popen(
            [os.environ.get("CHROMIUM", "chromium"), "--headless", "--no-sandbox", "--disable-gpu",
             "--remote-debugging-pipe", "--hide-scrollbars", "--no-first-run",
             f"--user-data-dir={self.folder.name}", "about:blank"],
            preexec_fn=place, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.number, self.rest, self.events = 0, b"", []
        targets = self.ask("Target.getTargets")["targetInfos"]
        page = next(t for t in targets if t["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.tell(f"{domain}.enable")

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.out, 1 << 20)
            if not more:
                sys.exit("browser.py: Chromium has ended")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, session=None, **parameters):
        self.number += 1
        call = {"id": self.number, "method": method, "params": parameters}
        if session:
            call["sessionId"] = session
        os.write(self.into, json.dumps(call).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"browser.py: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def tell(self, method, **parameters):
        return self.ask(method, self.session, **parameters)

    def look(self, path, width, scheme, picture=None, height=900):
        self.events = []
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 500)
        self.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.tell("Page.navigate", url="file://" + os.path.abspath(path))
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.events.append(self.message())
        found = json.loads(self.tell("Runtime.evaluate", expression=LOOK)["result"]["value"])
        found["requests"] = [
            e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"][1:]
        found["said"] = [e["params"] for e in self.events
                         if e.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")]
        if picture:
            shot = self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=height == 0)
            with open(picture, "wb") as file:
                file.write(base64.b64decode(shot["data"]))
        return found

    def close(self):
        self.process.terminate()
        self.process.wait()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("pages", nargs="+")
    arguments.add_argument("--pictures")
    arguments.add_argument("--height", type=int, default=900)
    options = arguments.parse_args()
    browser = Browser()
    findings = {}
    for page in options.pages:
        for width in (390, 1280):
            for scheme in ("light", "dark"):
                picture = None
                if options.pictures:
                    name = os.path.basename(os.path.dirname(os.path.abspath(page)))
                    picture = f"{options.pictures}/{name}-{width}-{scheme}.png"
                findings[f"{page} {width} {scheme}"] = browser.look(page, width, scheme, picture, options.height)
    browser.close()
    json.dump(findings, sys.stdout, indent=1)


main()
