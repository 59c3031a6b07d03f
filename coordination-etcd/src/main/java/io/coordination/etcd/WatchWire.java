package io.coordination.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.coordination.store.KeyRange;
import io.etcd.jetcd.api.WatchCancelRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import java.util.List;

/**
 * The messages of a watch stream. Watch ids of the client's choice and fragments are part of etcd since 3.4; the messages
 * of jetcd do not know these three numbers of its rpc.proto, so they travel as unknown fields.
 */
final class WatchWire {

    private static final int CREATE_WATCH_ID = 7;
    private static final int CREATE_FRAGMENT = 8;
    private static final int RESPONSE_FRAGMENT = 7;

    private WatchWire() {}

    /** A watch that misses nothing: previous values are never asked for, progress and fragments are. */
    static WatchRequest create(KeyRange keys, long fromRevision, long watchId) {
        WatchCreateRequest.Builder request = WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(keys.from()))
                .setStartRevision(fromRevision)
                .setProgressNotify(true)
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(CREATE_WATCH_ID, number(watchId))
                        .addField(CREATE_FRAGMENT, number(1))
                        .build());
        if (!keys.isSingle()) {
            request.setRangeEnd(ByteString.copyFromUtf8(keys.to()));
        }
        return WatchRequest.newBuilder().setCreateRequest(request).build();
    }

    static WatchRequest cancel(long watchId) {
        return WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(watchId))
                .build();
    }

    /** Asks for any answer at all. */
    static WatchRequest progress() {
        return WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build();
    }

    /** Whether the response is a part, and more of what belongs to it follows. */
    static boolean hasMore(WatchResponse response) {
        List<Long> fragment =
                response.getUnknownFields().getField(RESPONSE_FRAGMENT).getVarintList();
        return !fragment.isEmpty() && fragment.get(fragment.size() - 1) != 0;
    }

    /** Whether it is a sign of life and nothing else: news of no watch, without events. */
    static boolean isProgress(WatchResponse response) {
        return !response.getCreated()
                && !response.getCanceled()
                && response.getCompactRevision() == 0
                && response.getEventsCount() == 0;
    }

    private static UnknownFieldSet.Field number(long value) {
        return UnknownFieldSet.Field.newBuilder().addVarint(value).build();
    }
}
