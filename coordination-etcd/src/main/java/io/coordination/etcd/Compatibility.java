package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.Channel;
import java.util.function.Supplier;

/**
 * Turns "another gRPC is on the class path" into one sentence, at start-up. Without it the first sign would be a {@code
 * NoSuchMethodError} out of some callback.
 */
final class Compatibility {

    private Compatibility() {}

    /** Loads the stubs, runs the construction of a channel, and explains a linkage error of either. */
    static <T> T guarded(Supplier<T> construction) {
        try {
            KVGrpc.getServiceDescriptor();
            return construction.get();
        } catch (LinkageError e) {
            throw CoordinationException.of(
                    ErrorCode.INVALID_STATE,
                    "The etcd client cannot start because another io.grpc or protobuf than it was built with is on the class path"
                            + " (io.grpc " + version(Channel.class) + ", protobuf-java "
                            + version(com.google.protobuf.Message.class) + ", stubs " + version(RangeRequest.class)
                            + "): align them with the versions that coordination-etcd depends on",
                    e);
        }
    }

    private static String version(Class<?> type) {
        Package home = type.getPackage();
        String version = home == null ? null : home.getImplementationVersion();
        return version == null ? "of unknown version" : version;
    }
}
