package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.coordination.store.WatchEvent;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.WatchResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WatchPositionTest {

    private static WatchResponse response(long... revisions) {
        WatchResponse.Builder response = WatchResponse.newBuilder();
        for (long revision : revisions) {
            response.addEvents(Event.newBuilder()
                    .setKv(KeyValue.newBuilder()
                            .setKey(ByteString.copyFromUtf8("k"))
                            .setModRevision(revision)));
        }
        return response.build();
    }

    private static List<Long> numbers(List<Revision> revisions) {
        return revisions.stream().map(Revision::number).toList();
    }

    @Test
    void openingDoesNotMoveAWatchFromThePast() {
        WatchPosition position = new WatchPosition(5);

        position.opened(50);

        assertThat(position.next()).isEqualTo(5);
        assertThat(numbers(position.advance(response(5)))).containsExactly(5L);
    }

    @Test
    void theFirstOpeningIsTheFloorOfAWatchFromNow() {
        WatchPosition position = new WatchPosition(0);

        position.opened(50);
        position.opened(60);

        assertThat(position.next()).isEqualTo(51);
        assertThat(position.advance(response(50))).isEmpty();
        assertThat(numbers(position.advance(response(51)))).containsExactly(51L);
    }

    @Test
    void eventsAreGroupedByRevision() {
        WatchPosition position = new WatchPosition(5);

        List<Revision> revisions = position.advance(response(5, 5, 6, 8, 8, 8));

        assertThat(numbers(revisions)).containsExactly(5L, 6L, 8L);
        assertThat(revisions.stream().map(revision -> revision.events().size())).containsExactly(2, 1, 3);
        assertThat(revisions.get(2).events())
                .extracting(WatchEvent::modRevision)
                .containsOnly(8L);
        assertThat(position.next()).isEqualTo(9);
    }

    @Test
    void whatWasDeliveredIsSkipped() {
        WatchPosition position = new WatchPosition(5);
        position.advance(response(5, 6));

        assertThat(numbers(position.advance(response(5, 6, 7)))).containsExactly(7L);
        assertThat(position.advance(response(6, 7))).isEmpty();
        assertThat(position.next()).isEqualTo(8);
    }

    @Test
    void progressMovesForwardOnly() {
        WatchPosition position = new WatchPosition(5);

        assertThat(position.progressed(20)).isTrue();
        assertThat(position.next()).isEqualTo(21);
        assertThat(position.progressed(10)).isFalse();
        assertThat(position.next()).isEqualTo(21);
        assertThat(position.progressed(20)).isTrue();
    }

    @Test
    void anotherClusterIsForeignAndAMissingIdIsNot() {
        WatchPosition position = new WatchPosition(5);

        assertThat(position.isForeign(0)).isFalse();
        assertThat(position.isForeign(7)).isFalse();
        assertThat(position.isForeign(0)).isFalse();
        assertThat(position.isForeign(7)).isFalse();
        assertThat(position.isForeign(8)).isTrue();
    }

    @Test
    void itRemembersWhereTheStoreOnceWas() {
        WatchPosition position = new WatchPosition(5);
        assertThat(position.hasSeen(4)).isFalse();

        position.advance(response(9));

        assertThat(position.hasSeen(9)).isTrue();
        assertThat(position.hasSeen(10)).isFalse();
    }
}
