import assert from "node:assert/strict";
import { test } from "node:test";
import { ERROR_MESSAGES, STEPS } from "../../functions/web/static/components/account/sign-in-steps.js";

test("a wrong password and an unknown user get the same message", () => {
  assert.equal(ERROR_MESSAGES.NotAuthorizedException, ERROR_MESSAGES.UserNotFoundException);
});

test("every link leads to a step, except the one that sends a code again", () => {
  const targets = Object.values(STEPS).flatMap(({ links }) => Object.keys(links));

  assert.deepEqual(
    targets.filter((it) => !(it in STEPS)),
    ["resend"],
  );
});

test("a new password is checked for its length before it is sent", () => {
  for (const step of ["signUp", "invited", "reset"])
    assert.equal(STEPS[step].fields.find(({ name }) => name === "password").minlength, "12");
});
