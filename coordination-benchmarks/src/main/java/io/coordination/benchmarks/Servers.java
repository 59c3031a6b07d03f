package io.coordination.benchmarks;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The servers of a suite: addresses by name.
 *
 * @param addresses such as {@code etcd} at {@code http://127.0.0.1:2379}
 */
record Servers(Map<String, String> addresses) {

    /**
     * The servers of a text such as {@code etcd=http://127.0.0.1:2379,redis=redis://127.0.0.1:6379}.
     *
     * @throws IllegalArgumentException for any other text
     */
    static Servers parse(String text) {
        return new Servers(Arrays.stream(text.split(",", -1))
                .map(entry -> entry.split("=", 2))
                .peek(entry -> {
                    if (entry.length != 2 || entry[0].isEmpty() || entry[1].isEmpty()) {
                        throw new IllegalArgumentException("'" + text + "' is not name=address,name=address");
                    }
                })
                .collect(Collectors.toUnmodifiableMap(entry -> entry[0], entry -> entry[1])));
    }

    /**
     * The address of a server.
     *
     * @throws IllegalArgumentException when the suite was started without it
     */
    String address(String name) {
        String address = addresses.get(name);
        if (address == null) {
            throw new IllegalArgumentException(
                    "the address of " + name + " is missing, there are " + addresses.keySet());
        }
        return address;
    }
}
