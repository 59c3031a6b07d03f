package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FaultProxyTest {

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int SILENCE_MILLIS = 150;

    private final EchoServer server = new EchoServer();
    private final FaultProxy proxy = FaultProxy.to(server.uri());
    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void closeAll() {
        clients.forEach(ProxiedConnection::close);
        proxy.close();
        server.close();
    }

    @Nested
    class WithoutFaults {

        @Test
        void bytesPassInBothDirections() throws IOException {
            Socket client = connect();

            say(client, "hello");

            assertThat(hear(client, 5)).isEqualTo("hello");
        }

        @Test
        void bytesAndConnectionsAreCounted() throws IOException {
            Socket client = connect();
            say(client, "hello");
            hear(client, 5);
            hear(say(connect(), "you"), 3);

            assertThat(proxy.connections()).isEqualTo(2);
            assertThat(proxy.openConnections()).isEqualTo(2);
            assertThat(proxy.bytesToServer()).isEqualTo(8);
            assertThat(proxy.bytesToClient()).isEqualTo(8);
        }

        @Test
        void moreThanTheBuffersHoldPassesUnchanged() throws IOException {
            Socket client = connect();
            String megabyte = "0123456789abcdef".repeat(64 * 1024);
            Thread sender = new Thread(() -> sayQuietly(client, megabyte));
            sender.start();

            assertThat(hear(client, megabyte.length())).isEqualTo(megabyte);
        }

        @Test
        void theEndOfTheClientReachesTheServerAndBack() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);

            client.shutdownOutput();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
            await().until(() -> proxy.openConnections() == 0 && server.openConnections() == 0);
        }

        @Test
        void theUriKeepsTheSchemeOfTheTarget() {
            try (FaultProxy secure = FaultProxy.to(URI.create("https://127.0.0.1:1"))) {
                assertThat(secure.uri()).hasScheme("https").hasHost("127.0.0.1");
                assertThat(secure.target()).hasPort(1);
            }
        }

        @Test
        void aTargetWithoutPortIsRefused() {
            assertThatThrownBy(() -> FaultProxy.to(URI.create("http://localhost")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("http://localhost");
        }

        @Test
        void aTargetThatDoesNotListenEndsTheConnection() throws IOException {
            server.close();
            Socket client = connect();

            assertEnded(client);
        }
    }

    @Nested
    class Cutting {

        @Test
        void presentConnectionsEndOnBothSides() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);

            proxy.cut();

            assertEnded(client);
            await().until(() -> proxy.openConnections() == 0 && server.openConnections() == 0);
        }

        @Test
        void theConnectionThatSaysOneByteTooManyEndsBehindTheLastThatMayPass() throws IOException {
            Socket client = connect();
            proxy.cutAfterBytesToClient(7);

            assertThat(hear(say(client, "hello"), 5)).isEqualTo("hello");
            say(client, "world");

            assertThat(hear(client, 2)).isEqualTo("wo");
            assertEnded(client);
            assertThat(hear(say(connect(), "unlimited"), 9)).isEqualTo("unlimited");
            assertThat(proxy.bytesToClient()).isEqualTo(16);
        }

        @Test
        void aCutToComeIsForgottenByHealing() throws IOException {
            Socket client = connect();
            proxy.cutAfterBytesToClient(2);

            proxy.heal();

            assertThat(hear(say(client, "hello"), 5)).isEqualTo("hello");
        }

        @Test
        void aNegativeNumberOfBytesIsRefused() {
            assertThatThrownBy(() -> proxy.cutAfterBytesToClient(-1)).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void newConnectionsAreAccepted() throws IOException {
            hear(say(connect(), "x"), 1);
            proxy.cut();

            assertThat(hear(say(connect(), "again"), 5)).isEqualTo("again");
        }

        @Test
        void theClientLearnsThatTheServerWentAway() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);

            server.dropConnections();

            assertEnded(client);
        }
    }

    @Nested
    class Refusing {

        @Test
        void newConnectionsAreRefusedAndPresentOnesStay() throws IOException {
            Socket present = connect();
            hear(say(present, "x"), 1);

            proxy.refuse();

            assertThatThrownBy(FaultProxyTest.this::connect).isInstanceOf(ConnectException.class);
            assertThat(hear(say(present, "still"), 5)).isEqualTo("still");
        }

        @Test
        void acceptingUsesTheSameAddress() throws IOException {
            URI before = proxy.uri();
            for (int i = 0; i < 100; i++) {
                proxy.refuse();
                proxy.accept();
                proxy.accept();
            }

            assertThat(proxy.uri()).isEqualTo(before);
            assertThat(hear(say(connect(), "back"), 4)).isEqualTo("back");
        }

        @Test
        void aDisconnectedServerRefusesAndDropsAll() throws IOException {
            Socket present = connect();
            hear(say(present, "x"), 1);

            proxy.disconnect();

            assertEnded(present);
            assertThatThrownBy(FaultProxyTest.this::connect).isInstanceOf(ConnectException.class);
        }
    }

    @Nested
    class Delaying {

        @Test
        void questionAndAnswerAreHeldBackOnceEach() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);
            proxy.delay(Duration.ofMillis(100));

            long began = System.nanoTime();
            hear(say(client, "slow"), 4);

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        }

        @Test
        void manyPacketsInFlightWaitTogetherAndNotOneAfterTheOther() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);
            proxy.delay(Duration.ofMillis(200));

            long began = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                say(client, "packet");
            }
            hear(client, 20 * "packet".length());

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        }

        @Test
        void aNegativeDelayIsRefused() {
            assertThatThrownBy(() -> proxy.delay(Duration.ofMillis(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PT-0.001S");
        }
    }

    @Nested
    class Swallowing {

        @Test
        void theServerActsAndTheClientHearsNothing() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);

            proxy.swallowAnswers();
            say(client, "lost answer");

            await().until(() -> server.received() == 1 + "lost answer".length());
            assertSilent(client);
            assertThat(proxy.bytesToClient()).isEqualTo(1);
        }

        @Test
        void aConnectionThatMissedBytesNeverSpeaksAgain() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);
            proxy.swallowAnswers();
            say(client, "lost");
            await().until(() -> server.received() == 5);
            assertSilent(client);

            proxy.passAnswers();

            assertEnded(client);
        }

        @Test
        void aConnectionThatMissedNothingGoesOn() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);
            proxy.swallowAnswers();
            proxy.passAnswers();

            assertThat(hear(say(client, "whole"), 5)).isEqualTo("whole");
        }
    }

    @Nested
    class HalfOpen {

        @Test
        void nothingPassesAndSocketsStayOpen() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);

            proxy.halfOpen();
            say(client, "into the void");

            assertSilent(client);
            assertThat(server.received()).isEqualTo(1);
            assertThat(proxy.openConnections()).isEqualTo(1);
        }

        @Test
        void newConnectionsAreAcceptedAndNeverAnswered() throws IOException {
            proxy.halfOpen();
            Socket client = connect();
            say(client, "anybody?");

            assertSilent(client);
            assertThat(server.openConnections()).isZero();
        }

        @Test
        void theClientDoesNotLearnThatTheServerWentAway() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);
            proxy.halfOpen();

            server.dropConnections();

            assertSilent(client);
            proxy.heal();
            assertEnded(client);
        }

        @Test
        void whatWaitedPassesAfterHealing() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);
            proxy.halfOpen();
            say(client, "late");
            assertSilent(client);

            proxy.heal();

            assertThat(hear(client, 4)).isEqualTo("late");
        }

        @Test
        void cuttingEndsConnectionsThatWait() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);
            proxy.halfOpen();
            say(client, "held");

            proxy.cut();

            assertEnded(client);
            assertThat(proxy.openConnections()).isZero();
        }
    }

    @Nested
    class HealingAndClosing {

        @Test
        void healingEndsAllFaultsAtOnce() throws IOException {
            proxy.delay(Duration.ofMinutes(5));
            proxy.swallowAnswers();
            proxy.halfOpen();
            proxy.refuse();

            proxy.heal();

            assertThat(hear(say(connect(), "well"), 4)).isEqualTo("well");
        }

        @Test
        void aClosedProxyRefusesForGood() throws IOException {
            Socket client = connect();
            hear(say(client, "x"), 1);

            proxy.close();
            proxy.close();

            assertEnded(client);
            assertThatThrownBy(FaultProxyTest.this::connect).isInstanceOf(ConnectException.class);
            assertThatThrownBy(proxy::heal)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }

        @Test
        void noThreadIsLeft() throws IOException {
            hear(say(connect(), "x"), 1);
            proxy.close();

            await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("fault-proxy-")));
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(proxy.uri().getHost(), proxy.uri().getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        clients.add(socket);
        return socket;
    }

    private static Socket say(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private static void sayQuietly(Socket client, String text) {
        try {
            say(client, text);
        } catch (IOException e) {
            throw new AssertionError("The proxy did not take the bytes.", e);
        }
    }

    private static String hear(Socket client, int count) throws IOException {
        return new String(client.getInputStream().readNBytes(count), StandardCharsets.US_ASCII);
    }

    private static void assertSilent(Socket client) throws IOException {
        client.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout(PATIENCE_MILLIS);
    }

    /** By an orderly end or by a reset. */
    private static void assertEnded(Socket client) throws IOException {
        try {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("The connection is still open.", e);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }
}
