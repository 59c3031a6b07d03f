package io.coordination.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is code that compiles and runs. */
class ReadmeTest {

    private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void everySnippetStandsInTheExampleThatIsRun() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        String source = withoutIndentation(
                Files.readString(Path.of("src/main/java/io/coordination/examples/ReadmeExample.java")));
        List<String> snippets = JAVA.matcher(readme)
                .results()
                .map(MatchResult::group)
                .map(ReadmeTest::content)
                .toList();

        assertThat(snippets).hasSizeGreaterThanOrEqualTo(4);
        assertThat(snippets).allSatisfy(snippet -> assertThat(source).contains(snippet));
    }

    private static String content(String block) {
        return withoutIndentation(block.substring("```java\n".length(), block.length() - "```".length()));
    }

    private static String withoutIndentation(String text) {
        return text.lines().map(String::strip).reduce("", (all, line) -> all + line + "\n");
    }
}
