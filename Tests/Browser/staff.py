"""People of the demonstration's county at their desks."""

from words import words

PASSWORD = "mingjian-demo-2026"


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

    def find(self, mark):
        """Opens a report from what waits for this person, newest first; answers whether it is there."""
        self.window.open("/desk")
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
        self.window.fill(answers or {}, form)
        button = self.window.one(f"{form} .button")
        if button.get_attribute("data-confirm"):
            self.window._leave(lambda: (self.window._click(button), self.window.driver.switch_to.alert.accept()))
        else:
            self.window.press(f"{form} .button")
        return self

    def do(self, username, name, answers=None):
        """One person finds the report in the inbox and does one act; the page says that it is done."""
        self.sign_in(username)
        assert self.find(self.number), f"{username} does not find {self.number} to {name}:\n{self.window.text[:800]}"
        assert name in self.acts(), f"{username} may not {name} but {self.acts()}"
        self.act(name, answers)
        done = words("desk.done", self.window.language)
        assert self.window.one(".notice.done").text.startswith(done), self.window.text[:300]
        return self
