package io.coordination.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;

/** How many messages from and to clients a server has counted so far: independent of any client library. */
final class MessageCount {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private MessageCount() {}

    /**
     * Asks a server; the question itself is counted, too, but not more than that.
     *
     * @param server its name, as {@link Library#server()} has it
     * @param address where it is
     */
    static double read(String server, String address) {
        return switch (server) {
            case "etcd" -> ServerCounters.read(address).messages();
            case "redis" -> redis(talk(authority(address), "INFO stats\r\nQUIT\r\n"));
            case "zookeeper" -> zookeeper(talk(address, "srvr"));
            default -> throw new IllegalArgumentException("nothing is known of the counters of " + server);
        };
    }

    /** Redis counts commands; each has an answer. */
    static double redis(String page) {
        return 2 * number(page, "total_commands_processed:");
    }

    /** ZooKeeper counts packets, both ways. */
    static double zookeeper(String page) {
        return number(page, "Received:") + number(page, "Sent:");
    }

    private static double number(String page, String name) {
        return page.lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no '" + name + "' in '" + page + "'"));
    }

    private static String authority(String address) {
        return URI.create(address).getAuthority();
    }

    /** Says something to a server that answers and hangs up. */
    private static String talk(String address, String text) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(text.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the counters of " + address + " cannot be read", e);
        }
    }
}
