package io.coordination.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The plain http page of a member that tells its health and its metrics, without TLS and authentication. */
final class MetricsPage {

    private static final Logger log = LoggerFactory.getLogger(MetricsPage.class);
    private static final int TIMEOUT_MILLIS = 2_000;

    private final URI address;

    MetricsPage(URI address) {
        this.address = address;
    }

    /** True when the member answers that it is healthy, which it does only while it knows a leader. */
    boolean isHealthy() {
        return get("/health").replace(" ", "").contains("\"health\":\"true\"");
    }

    /** The value of a metric without labels; empty when the member does not answer or has no such metric. */
    OptionalDouble value(String metric) {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                .findFirst();
    }

    private String get(String path) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) address.resolve(path).toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setRequestProperty("Connection", "close");
            try (InputStream body = connection.getInputStream()) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            log.atDebug().addKeyValue("member", address).setCause(e).log("Member does not answer");
            return "";
        }
    }
}
