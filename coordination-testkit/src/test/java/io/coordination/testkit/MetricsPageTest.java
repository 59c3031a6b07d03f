package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsPageTest {

    private HttpServer server;
    private MetricsPage page;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        server.start();
        page = new MetricsPage(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aMemberIsHealthyWhenItSaysSo() {
        serve("/health", 200, "{\"health\": \"true\",\"reason\":\"\"}");

        assertThat(page.isHealthy()).isTrue();
    }

    @Test
    void aMemberWithoutLeaderIsNotHealthy() {
        serve("/health", 503, "{\"health\":\"false\"}");

        assertThat(page.isHealthy()).isFalse();
    }

    @Test
    void aMemberThatDoesNotListenIsNotHealthy() {
        server.stop(0);

        assertThat(page.isHealthy()).isFalse();
        assertThat(page.value("etcd_server_is_leader")).isEmpty();
    }

    @Test
    void metricsAreFoundByTheirWholeName() {
        serve("/metrics", 200, "# HELP x\nnumber_total 5\nnumber 1.5e+03\n");

        assertThat(page.value("number")).hasValue(1500);
        assertThat(page.value("numb")).isEmpty();
    }

    private void serve(String path, int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }
}
