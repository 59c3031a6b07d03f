package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.coordination.store.KeyRange;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchResponse;
import org.junit.jupiter.api.Test;

final class WatchWireTest {

    @Test
    void aWatchAsksForProgressAndFragmentsAndNeverForPreviousValues() {
        WatchCreateRequest request =
                WatchWire.create(KeyRange.prefix("/p/"), 9, 3).getCreateRequest();

        assertThat(request.getKey().toStringUtf8()).isEqualTo("/p/");
        assertThat(request.getRangeEnd().toStringUtf8()).isEqualTo("/p0");
        assertThat(request.getStartRevision()).isEqualTo(9);
        assertThat(request.getProgressNotify()).isTrue();
        assertThat(request.getPrevKv()).isFalse();
        assertThat(request.getUnknownFields().getField(7).getVarintList()).containsExactly(3L);
        assertThat(request.getUnknownFields().getField(8).getVarintList()).containsExactly(1L);
    }

    @Test
    void aWatchOfOneKeyHasNoRangeEnd() {
        assertThat(WatchWire.create(KeyRange.key("/k"), 0, 1).getCreateRequest().getRangeEnd())
                .isEqualTo(ByteString.EMPTY);
    }

    @Test
    void aFragmentIsKnownByItsMark() throws InvalidProtocolBufferException {
        assertThat(WatchWire.hasMore(marked(1))).isTrue();
        assertThat(WatchWire.hasMore(marked(0))).isFalse();
        assertThat(WatchWire.hasMore(WatchResponse.getDefaultInstance())).isFalse();
    }

    private static WatchResponse marked(long value) throws InvalidProtocolBufferException {
        UnknownFieldSet fragment = UnknownFieldSet.newBuilder()
                .addField(7, UnknownFieldSet.Field.newBuilder().addVarint(value).build())
                .build();
        return WatchResponse.parseFrom(fragment.toByteString());
    }

    @Test
    void progressIsAResponseThatSaysNothingElse() {
        assertThat(WatchWire.isProgress(WatchResponse.getDefaultInstance())).isTrue();
        assertThat(WatchWire.isProgress(
                        WatchResponse.newBuilder().setCreated(true).build()))
                .isFalse();
        assertThat(WatchWire.isProgress(
                        WatchResponse.newBuilder().setCanceled(true).build()))
                .isFalse();
        assertThat(WatchWire.isProgress(
                        WatchResponse.newBuilder().setCompactRevision(1).build()))
                .isFalse();
        assertThat(WatchWire.isProgress(WatchResponse.newBuilder()
                        .addEvents(Event.getDefaultInstance())
                        .build()))
                .isFalse();
    }
}
