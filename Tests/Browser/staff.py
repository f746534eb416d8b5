"""People of the demonstration's county at their desks."""

from words import words

PASSWORD = "mingjian-demo-2026"


class Named(tuple):
    """A choice by any of these words in its label, in whatever language."""

    def __new__(cls, *words):
        return super().__new__(cls, words)


class Desk:
    """A window in which one person after another works on one report."""

    def __init__(self, window):
        self.window, self.number, self.who = window, None, None

    def sign_in(self, username):
        if username == self.who:
            return self
        if self.who:
            self.window.press(".sign-out button")
        self.window.open("/sign-in").fill({"username": username, "password": PASSWORD}).press("main .button")
        assert not self.window.path.startswith("/sign-in"), self.window.path + self.window.text[:300]
        self.who = username
        return self

    def find(self, mark, tab="waiting"):
        """Opens a report from what waits for this person, newest first; answers whether it is there."""
        self.window.open(f"/desk?tab={tab}")
        self.window.one("main details summary").click()
        self.window.fill({"sort": "-receivedAt"}).press("form.filters .button")
        return self.window.follow(mark)

    def acts(self):
        """The acts on the page, by name."""
        return [form.get_attribute("action").split("/acts/")[1].split("?")[0]
                for form in self.window.all('aside form[action*="/acts/"]')]

    def act(self, name, answers=None, looks=True):
        """Fills in the form of an act and sends it."""
        form = f'form[action*="/acts/{name}?"]'
        details = self.window.driver.execute_script("return arguments[0].closest('details')", self.window.one(form))
        if not details.get_attribute("open"):
            self.window._click(details.find_element("css selector", "summary"))
        if looks:
            self.window.look(f"the form of {name}")
        answers = {field: self._chosen(form, field, answer) for field, answer in (answers or {}).items()}
        self.window.fill(answers, form)
        self.window.press(f"{form} .button")
        return self

    def _chosen(self, form, field, answer):
        """The values behind named choices."""
        if isinstance(answer, list):
            return [self._chosen(form, field, each) for each in answer]
        if not isinstance(answer, Named):
            return answer
        for choice in self.window.all(f'{form} [name="{field}"] option') or self.window.all(f'{form} [name="{field}"]'):
            shown = choice if choice.tag_name == "option" else self.window.one(
                f'label[for="{choice.get_attribute("id")}"]')
            if any(word in shown.get_attribute("textContent") for word in answer):
                return choice.get_attribute("value")
        raise AssertionError(f"none of {answer} to choose for {field} in {form}")

    def do(self, username, name, answers=None, mark=None, tab="waiting"):
        """One person finds the report in the inbox and does one act; the page says that it is done."""
        mark = mark or self.number
        self.sign_in(username)
        assert self.find(mark, tab), f"{username} does not find {mark} to {name}:\n{self.window.text[:800]}"
        assert name in self.acts(), f"{username} may not {name} but {self.acts()}"
        self.act(name, answers)
        done = words("desk.done", self.window.language)
        assert self.window.one(".notice.done").text.startswith(done), self.window.text[:300]
        return self

    def drawn_number(self):
        """The number that the page shows."""
        label = words("desk.fact.number", self.window.language)
        facts = [fact.text for fact in self.window.all("dl.facts dt, dl.facts dd")]
        return facts[facts.index(label) + 1]
