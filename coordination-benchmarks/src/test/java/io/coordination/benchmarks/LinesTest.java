package io.coordination.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines between coordinator and worker, and those that people and machines read. */
class LinesTest {

    @Test
    void commandsSurviveTheLine() {
        Command command = new Command("put", 64, Duration.ofMillis(700));

        assertThat(command.line()).isEqualTo("put 64 700");
        assertThat(Command.parse(command.line())).isEqualTo(command);
        assertThatThrownBy(() -> Command.parse("put 64")).hasMessageContaining("'put 64' is not a command");
    }

    @Test
    void readingsSurviveTheLine() {
        Reading reading = Reading.of("p50", 252.5).and("p99", 1e7);

        assertThat(Reading.parse(reading.line())).isEqualTo(reading);
        assertThat(Reading.parse(Reading.NOTHING.line())).isEqualTo(Reading.NOTHING);
    }

    @Test
    void aFailureIsOneLineAndComesBackAsOne() {
        String line = Reading.failed(new IllegalStateException("first\nsecond"));

        assertThat(line.lines()).hasSize(1);
        assertThatThrownBy(() -> Reading.parse(line)).hasMessageContaining("first / second");
    }

    @Test
    void aNumberThatWasNotMeasuredIsNotZero() {
        assertThatThrownBy(() -> Reading.of("p50", 1).get("p99")).hasMessageContaining("'p99' was not measured");
    }

    @Test
    void ourFiguresCarryNoPeer() {
        assertThat(new Figure("store.put", "p50", Peer.OURS, 371.4, "us").line())
                .isEqualTo("store.put.p50 371 us");
        assertThat(new Figure("store.put", "p50", Peer.JETCD, 816, "us").line())
                .isEqualTo("store.put.jetcd.p50 816 us");
        assertThat(new Figure("store.put.inflight64", "", Peer.JETCD, 3_843, "calls/s").line())
                .isEqualTo("store.put.inflight64.jetcd 3843 calls/s");
        assertThat(new Ratio("store.put", "p50", "jetcd", 2.197, 2.1, 2.3).line())
                .isEqualTo("store.put.vs-jetcd 2.20");
    }

    @ParameterizedTest
    @CsvSource({"0.1234, 0.12", "9.876, 9.88", "12.34, 12.3", "123.4, 123", "12345.6, 12346", "-0.5, -0.50"})
    void numbersHaveThreeDigitsThatMeanSomething(double value, String text) {
        assertThat(Figure.number(value)).isEqualTo(text);
    }

    @Test
    void countersOfTheServerAreSummedOverMethods() {
        ServerCounters counters = ServerCounters.parse("""
                # HELP etcd_debugging_lease_renewed_total The number of renewed leases
                etcd_debugging_lease_granted_total 7
                etcd_debugging_lease_renewed_total 30
                etcd_debugging_lease_renewed_total_of_something_else 5
                grpc_server_msg_received_total{grpc_method="Range",grpc_type="unary"} 4
                grpc_server_msg_received_total{grpc_method="Txn",grpc_type="unary"} 3
                grpc_server_msg_sent_total{grpc_method="Txn",grpc_type="unary"} 2
                etcd_network_client_grpc_received_bytes_total 1e+03
                etcd_network_client_grpc_sent_bytes_total 24
                process_cpu_seconds_total 1.5
                """);

        assertThat(counters).isEqualTo(new ServerCounters(7, 30, 9, 1_024, 1.5));
        assertThat(counters.since(new ServerCounters(2, 10, 4, 24, 1)))
                .isEqualTo(new ServerCounters(5, 20, 5, 1_000, 0.5));
    }
}
