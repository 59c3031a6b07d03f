package io.coordination.testkit;

import java.util.ArrayList;
import java.util.List;

/** How the words of others are shown in a message of ours. */
final class Transcripts {

    private static final int TAIL_LINES = 30;

    private Transcripts() {}

    /** The words of an {@code etcdctl} command without passwords: those of {@code --user} and of {@code user add}. */
    static String withoutSecrets(List<String> arguments) {
        List<String> shown = new ArrayList<>();
        for (String argument : arguments) {
            boolean namesUser = !shown.isEmpty() && shown.get(shown.size() - 1).equals("add");
            if (!argument.startsWith("--user=")) {
                shown.add(namesUser ? argument.replaceFirst(":.*", "") : argument);
            }
        }
        return String.join(" ", shown);
    }

    /** The end of a server's log without the lines that its health checks cause. */
    static String tail(List<String> logLines) {
        List<String> lines =
                logLines.stream().filter(line -> !line.contains("/health")).toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }
}
