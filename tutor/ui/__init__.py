"""The screen: Textual widgets that draw a `LessonView` and send the learner's intents to a `LessonPort`.

Asks no cluster and no disk. Reading order: app (the one App), screens/lesson (layout, keys, what each message does),
widgets (one a file; data comes in through reactives, messages go out), dialogs, live (the pods and the traffic).
"""
