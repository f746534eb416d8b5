"""A Chromium window, driven as a person drives it, and what may be expected of every page that it shows."""

import base64
import os
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

PHONE, DESKTOP = (360, 740), (1280, 900)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = (Path(find_spec("axe_playwright_python").origin).parent / "axe.min.js").read_text()
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: "tag", values: arguments[0]}, resultTypes: ["violations"]}).then(
    (found) => done(found.violations.map((one) => ({rule: one.id, help: one.help,
        nodes: one.nodes.slice(0, 4).map((node) => node.html.slice(0, 200) + " :: " +
            (node.any.concat(node.all, node.none)[0]?.message ?? ""))}))),
    (error) => done([{rule: "axe", help: String(error), nodes: []}]));
"""
LOOK = """
const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
return {width: document.scrollingElement.scrollWidth, headings: document.querySelectorAll("h1").length,
    title: document.title, language: document.documentElement.lang,
    twice: [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))],
    wide: [...document.querySelectorAll("main *")].filter((element) =>
        element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".scroll, .visually-hidden"))
        .slice(0, 3).map((element) => element.outerHTML.slice(0, 120))};
"""


class Chromium:
    """One window of its own profile. `faults` gathers what was wrong with the pages that were looked at."""

    def __init__(self, base, language="zh-Hans", scripts=True):
        options = webdriver.ChromeOptions()
        options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        for flag in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--force-color-profile=srgb", "--no-proxy-server",
                     f"--accept-lang={'zh-CN' if language == 'zh-Hans' else 'en'}"]:
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"intl.accept_languages": "zh-CN" if language == "zh-Hans" else "en"})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
        self.driver = webdriver.Chrome(options, service)
        self.base, self.language, self.faults, self.looked = base, language, [], 0
        self.size(DESKTOP)
        self.scripts = True
        self.allow_scripts(scripts)

    def close(self):
        self.driver.quit()

    # The window

    def size(self, size):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE})

    def allow_scripts(self, allowed):
        self.scripts = allowed
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    @contextmanager
    def _scripts_for_axe(self):
        """axe hangs where scripts stay disabled; those of the page itself were passed over when it loaded."""
        before = self.scripts
        self.allow_scripts(True)
        yield
        self.allow_scripts(before)

    def picture(self, path, size):
        """What fits into the window, from the top of the page."""
        self.size(size)
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": False})
        Path(path).write_bytes(base64.b64decode(shot["data"]))

    # Going about

    def open(self, path):
        self.driver.get(self.base + path)
        return self

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.base)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        found = self.all(selector)
        assert found, f"{selector} is not on {self.path}:\n{self.text[:600]}"
        return found[0]

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    @property
    def heading(self):
        return self.one("h1").text

    def press(self, selector, seconds=30):
        """Presses what leads to another page, says yes where a script asks, and waits for that page."""
        button = self.one(selector)
        asks = self.scripts and button.get_attribute("data-confirm")

        def act():
            self._click(button)
            if asks:
                self.driver.switch_to.alert.accept()
        return self._leave(act, seconds)

    def start(self, selector):
        """Presses what goes on upon this page."""
        self._click(self.one(selector))

    def follow(self, words):
        """Opens the first report in the queue with these words in its line; answers whether there is one."""
        lines = [line for line in self.all(".queue a") if words in line.text]
        if lines:
            self._leave(lambda: self._click(lines[0]))
        return bool(lines)

    def back(self):
        return self._leave(self.driver.back)

    def _leave(self, act, seconds=30):
        page = self.driver.find_element(By.TAG_NAME, "html").id
        act()
        WebDriverWait(self.driver, seconds, 0.05).until(
            lambda driver: driver.find_element(By.TAG_NAME, "html").id != page
            and driver.execute_script("return document.readyState") == "complete")
        return self

    def _click(self, element):
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    # Forms

    def fill(self, answers, form="main"):
        """Answers fields by their names: texts, choices by value, several by a list, flags by True, files by paths."""
        for name, answer in answers.items():
            fields = self.all(f'{form} [name="{name}"]')
            assert fields, f"no field {name} on {self.path}:\n{self.text[:600]}"
            kind, tag = fields[0].get_attribute("type"), fields[0].tag_name
            if tag == "select":
                Select(fields[0]).select_by_value(answer)
            elif kind == "radio":
                self._click(next(field for field in fields if field.get_attribute("value") == answer))
            elif kind == "checkbox":
                wanted = answer if isinstance(answer, list) else ["yes"] if answer else []
                for field in fields:
                    if field.is_selected() != (field.get_attribute("value") in wanted):
                        self._click(field)
            elif kind == "date":
                # Typed, it would be read in the order of the browser's language.
                self.driver.execute_script("arguments[0].value = arguments[1]", fields[0], answer)
            elif kind == "file":
                fields[0].send_keys("\n".join(map(str, answer)))
            else:
                fields[0].clear()
                fields[0].send_keys(answer)
        return self

    def value(self, name):
        """What a field holds now."""
        fields = self.all(f'main [name="{name}"]')
        if fields[0].get_attribute("type") in ("radio", "checkbox"):
            return [field.get_attribute("value") for field in fields if field.is_selected()]
        return fields[0].get_property("value")

    # What is expected of every page

    def look(self, name=None):
        """Holds the page against WCAG 2.2 AA, at the width of a phone and of a desk; gathers faults."""
        where = f"{name or self.path} [{self.language}, scripts {'on' if self.scripts else 'off'}]"
        with self._scripts_for_axe():
            self.driver.execute_script(AXE)
            for size in (PHONE, DESKTOP):
                self.size(size)
                self._look_at(f"{where} at {size[0]}", size[0])
        self.faults += [f"{where}: console: {line}" for line in self._console()]
        self.looked += 1
        return self

    def _look_at(self, where, width):
        seen = self.driver.execute_script(LOOK)
        if seen["width"] > width:
            self.faults.append(f"{where}: scrolls sideways, {seen['width']} px wide: {seen['wide']}")
        if seen["headings"] != 1:
            self.faults.append(f"{where}: {seen['headings']} main headings")
        if not seen["title"].split(" · ")[0].strip():
            self.faults.append(f"{where}: no title")
        if seen["language"] != self.language:
            self.faults.append(f"{where}: is in {seen['language']}")
        if seen["twice"]:
            self.faults.append(f"{where}: ids stand twice: {seen['twice'][:5]}")
        for fault in self.driver.execute_async_script(RUN_AXE, RULES):
            self.faults.append(f"{where}: {fault['rule']}: {fault['help']}: {' | '.join(fault['nodes'])}")

    def _console(self):
        """What the console holds beside the status of the page itself, which is expected of error pages."""
        lines = [entry["message"] for entry in self.driver.get_log("browser")
                 if entry["level"] in ("SEVERE", "WARNING")]
        return [line for line in lines if not ("Failed to load resource" in line
                and line.startswith(self.driver.current_url.split("#")[0] + " "))]
