package io.coordination.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * What an etcd member has counted so far: independent of any client.
 *
 * @param leases granted
 * @param renewals of leases
 * @param messages from and to clients
 * @param bytes of these messages
 * @param cpu seconds of processor time
 */
record ServerCounters(double leases, double renewals, double messages, double bytes, double cpu) {

    /** Where nothing is counted. */
    static final ServerCounters NOTHING = new ServerCounters(0, 0, 0, 0, 0);

    /** Reads the counters of a member from its page of metrics. */
    static ServerCounters read(String endpoint) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(endpoint + "/metrics")).build();
            String page = HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
            return parse(page);
        } catch (IOException e) {
            throw new UncheckedIOException("the metrics of " + endpoint + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading metrics", e);
        }
    }

    static ServerCounters parse(String page) {
        return new ServerCounters(
                sum(page, "etcd_debugging_lease_granted_total"),
                sum(page, "etcd_debugging_lease_renewed_total"),
                sum(page, "grpc_server_msg_received_total") + sum(page, "grpc_server_msg_sent_total"),
                sum(page, "etcd_network_client_grpc_received_bytes_total")
                        + sum(page, "etcd_network_client_grpc_sent_bytes_total"),
                sum(page, "process_cpu_seconds_total"));
    }

    /** What was counted since an earlier reading. */
    ServerCounters since(ServerCounters before) {
        return new ServerCounters(
                leases - before.leases,
                renewals - before.renewals,
                messages - before.messages,
                bytes - before.bytes,
                cpu - before.cpu);
    }

    private static double sum(String page, String counter) {
        return page.lines()
                .filter(line -> line.startsWith(counter + " ") || line.startsWith(counter + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
