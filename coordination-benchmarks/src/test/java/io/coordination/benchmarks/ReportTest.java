package io.coordination.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportTest {

    private final Report report = new Report();

    @Test
    void linesAreFiguresThenRatios() {
        report.add(new Ratio("store.put", "p50", "jetcd", 2, 1.9, 2.1));
        report.add(new Figure("store.put", "p50", Peer.OURS, 400, "us"));
        report.add(new Figure("store.put", "p50", Peer.JETCD, 800, "us"));

        assertThat(report.lines())
                .containsExactly("store.put.p50 400 us", "store.put.jetcd.p50 800 us", "store.put.vs-jetcd 2.00");
    }

    @Test
    void theTableHasARowForEachMeasureAndAColumnForEachPeer() {
        report.add(new Figure("store.put", "p50", Peer.OURS, 400, "us"));
        report.add(new Figure("store.put", "p50", Peer.JETCD, 800, "us"));
        report.add(new Figure("store.put", "p99", Peer.OURS, 900, "us"));
        report.add(new Figure("store.put", "p99", Peer.JETCD, 2_000, "us"));
        report.add(new Figure("store.mirror.read", "", Peer.OURS, 80, "ns"));
        report.add(new Ratio("store.put", "p50", "jetcd", 2, 1.9, 2.1));

        assertThat(report.markdown())
                .containsExactly(
                        "| figure | unit | ours | jetcd | ratio (rounds) |",
                        "| --- | --- | --- | --- | --- |",
                        "| `store.put.p50` | us | 400 | 800 | 2.00 (1.90 to 2.10) |",
                        "| `store.put.p99` | us | 900 | 2000 |  |",
                        "| `store.mirror.read` | ns | 80.0 | - |  |");
    }

    @Test
    void severalRatiosOfAMeasureHaveNames() {
        report.add(new Figure("lock.threads8", "", Peer.OURS, 400, "holds/s"));
        report.add(new Figure("lock.threads8", "", Peer.REDISSON_FAIR, 100, "holds/s"));
        report.add(new Ratio("lock.threads8", "", "redisson-fair", 4, 3.9, 4.1));
        report.add(new Ratio("lock.threads8", "", "best-peer", 4, 3.9, 4.1));

        assertThat(report.markdown())
                .contains("| `lock.threads8` | holds/s | 400 | 100 | redisson-fair 4.00 (3.90 to 4.10), best-peer 4.00"
                        + " (3.90 to 4.10) |");
        assertThat(report.lines())
                .contains("lock.threads8.redisson-fair 100 holds/s", "lock.threads8.vs-best-peer 4.00");
    }
}
