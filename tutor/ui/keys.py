"""Every key of the lesson screen: the bindings, the footer and the help are made from this one table."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    key: str
    """As Textual names it."""
    shown: str
    """As the learner reads it."""
    action: str
    footer: str
    """One or two words; empty: not in the footer."""
    help: str
    """One sentence for the help."""
    group: str


WORK, WALK, LOOK, APP = GROUPS = "Your work", "The steps", "Look", "The tutor"

KEYS: tuple[Key, ...] = (
    Key("c", "c", "check", "Check", "Check my work: ask everything anew and say what is left to do.", WORK),
    Key("h", "h", "hint", "Hint", "Show the hints of the task at hand; once more opens the next one.", WORK),
    Key("n", "n", "next_step", "Next", "Go to the next step.", WALK),
    Key("p", "p", "previous_step", "Back", "Go back to the step before.", WALK),
    Key("question_mark,f1", "?", "help", "Help", "All keys.", APP),
    Key("a", "a", "act('apply')", "Apply", "Apply this step's files to the cluster.", WORK),
    Key("e", "e", "edit", "Edit", "Open the file in your editor, at the finding that is selected.", WORK),
    Key("f", "f", "finding(1)", "Finding", "Jump to the next finding, at its line.", WORK),
    Key("F", "F", "finding(-1)", "", "Jump to the finding before.", WORK),
    Key(
        "s", "s", "starters", "", "Write the starters of the files that are missing. What exists stays as it is.", WORK
    ),
    Key("x", "x", "act('crash')", "", "Crash the user service, as its Crash button does.", WORK),
    Key("u", "u", "act('roll:2.0.0')", "", "Roll user to version 2.0.0.", WORK),
    Key("b", "b", "act('roll:1.0.0')", "", "Roll user back to version 1.0.0.", WORK),
    Key("t", "t", "traffic", "", "Stop or start the traffic: the call for the version, each second.", WORK),
    Key("T", "T", "rate", "", "Call more often: 2, 5 or 10 times a second, and then once again.", WORK),
    Key("y", "y", "commands", "", "Copy a command of this step.", WORK),
    Key("1", "1", "pane('steps')", "", "The list of steps.", LOOK),
    Key("2", "2", "pane('task')", "", "The step's text.", LOOK),
    Key("3", "3", "pane('files')", "", "Your files, with what was found at their lines.", LOOK),
    Key("4", "4", "pane('hints')", "", "The hints that are open.", LOOK),
    Key("5", "5", "pane('check')", "", "The findings of the last check.", LOOK),
    Key("6", "6", "pane('live')", "", "The cluster as it is now.", LOOK),
    Key("7,d", "7 d", "pane('done')", "", "What happened, and why: opens when the step is passed.", LOOK),
    Key("left_square_bracket", "[", "file(-1)", "", "The file before.", LOOK),
    Key("right_square_bracket", "]", "file(1)", "", "The next file.", LOOK),
    Key("o", "o", "docs", "", "Open the page of the Kubernetes documentation: the finding's, else the step's.", LOOK),
    Key(
        "k",
        "k",
        "cheat_sheet",
        "",
        "The cheat sheet: kubectl's commands, and what to do when something is wrong.",
        LOOK,
    ),
    Key("z", "z", "present", "", "Present: the live view full screen, with large figures. Esc comes back.", LOOK),
    Key("r", "r", "reference", "", "The reference beside your file, and other correct ways: after the step.", LOOK),
    Key("w", "w", "welcome", "", "The welcome: what this is about.", LOOK),
    Key("v", "v", "connection", "", "The cluster, context and namespace that you work on.", LOOK),
    Key(
        "m",
        "m",
        "app.mouse",
        "",
        "Hand the mouse to the terminal, to select text with it; once more takes it back.",
        APP,
    ),
    Key("ctrl+l", "^l", "app.light", "", "Light or dark.", APP),
    Key("ctrl+p", "^p", "", "", "The palette: every command by its name.", APP),
    Key(
        "escape",
        "Esc",
        "dismiss_result",
        "",
        "Put away what was said: the last command's output, and messages.",
        APP,
    ),
    Key("i", "i", "instructor", "", "Instructor mode: stages, faults, references. Asks first.", APP),
    Key("q", "q", "app.quit", "Quit", "Quit. Everything is remembered.", APP),
)

FOCUS_HELP = (
    ("Tab", "From one panel to the next; the arrow keys move in it, Enter chooses."),
    ("Mouse", "Everything above by a click; drag selects text, Ctrl+C copies it."),
)


def bindings() -> list[Binding]:
    return [
        Binding(key.key, key.action, key.footer or key.help, show=bool(key.footer), key_display=key.shown)
        for key in KEYS
        if key.action
    ]
