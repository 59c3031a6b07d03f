package io.coordination.examples;

import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;

/** What the examples share: a coordinator for the endpoint on the command line. */
final class Example {

    private static final String IN_THIS_JVM = "memory:examples";

    private Example() {}

    static Coordinator connect(String... arguments) {
        return Coordination.connect(options(arguments));
    }

    static CoordinatorOptions options(String... arguments) {
        String endpoint = arguments.length == 0 ? IN_THIS_JVM : arguments[0];
        return CoordinatorOptions.builder()
                .endpoints(endpoint)
                .namespace("quickstart")
                .build();
    }
}
