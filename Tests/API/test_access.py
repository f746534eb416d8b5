"""Who is let in, and how an act is refused."""

from client import problem
from world import letter


def test_acts_are_refused_as_the_contract_says(world):
    _, report, organ = world.filed(letter())
    clerk = world.who_has(report, organ)[0]
    problem(clerk.try_act(report, "approve"), 403, "not-your-act")
    problem(clerk.try_act(report, "no-such-act"), 404)
    problem(clerk.try_act("00000000-0000-4000-8000-000000000000", "register"), 404)
    problem(clerk.try_act("not-an-id", "register"), 404)
    fault = problem(clerk.try_act(report, "register", people=0, sensitivity=["nonsense"]), 422)
    assert {entry["field"] for entry in fault["errors"]} == {"people", "sensitivity"}
    clerk.act(report, "register")
    problem(clerk.try_act(report, "register"), 409, "not-now")


def test_signing_in_and_out(world):
    account = world.accounts["qt.letters1"]
    wrong = {"username": account["username"], "password": "nicht das Passwort"}
    problem(world.public.post("/api/v1/session", wrong), 401)
    problem(world.public.post("/api/v1/session", {"username": "nobody", "password": "x"}), 401)
    problem(world.public.get("/api/v1/inbox", None), 401)
    fresh = type(world["qt.letters1"])(world.url, account)
    fresh.inbox()
    assert fresh.call("DELETE", "/api/v1/session").status_code == 204
    problem(fresh.get("/api/v1/inbox", None), 401)
    assert world["qt.letters1"].inbox() is not None
