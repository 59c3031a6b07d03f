package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.Instrumentation;
import io.coordination.TlsOptions;
import io.coordination.TlsOptions.KeyStoreFile;
import io.coordination.store.TimeSource;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS material that is read again when its files change: open connections keep what they began with, new ones use the new
 * files.
 *
 * <p>The files are looked at when a connection is made, at most once a second. Files that cannot be used, because they are
 * half written or do not fit each other yet, leave the old material in place until they change again. Thread-safe.
 */
final class ReloadingTls extends SslContext {

    static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(ReloadingTls.class);

    private final TlsOptions options;
    private final TimeSource time;
    private final Instrumentation.Connections instrumentation;
    private final List<Path> files;
    private final AtomicLong lastLook;
    private volatile SslContext current;
    private volatile List<FileStamp> seen;

    /** Reads the material for the first time; what is wrong with it then is told to the caller. */
    ReloadingTls(TlsOptions options, TimeSource time, Instrumentation.Connections instrumentation) {
        this.options = options;
        this.time = time;
        this.instrumentation = instrumentation;
        this.files = files(options);
        this.lastLook = new AtomicLong(time.nanoTime());
        this.seen = stamps();
        this.current = Tls.context(options);
    }

    private static List<Path> files(TlsOptions options) {
        return Stream.of(
                        options.trustCertificates(),
                        options.certificateChain(),
                        options.privateKey(),
                        options.trustStore().map(KeyStoreFile::path),
                        options.keyStore().map(KeyStoreFile::path))
                .flatMap(Optional::stream)
                .toList();
    }

    private List<FileStamp> stamps() {
        return files.stream().map(FileStamp::of).toList();
    }

    private SslContext newest() {
        long now = time.nanoTime();
        long last = lastLook.get();
        if (now - last >= LEAST_PAUSE.toNanos() && lastLook.compareAndSet(last, now)) {
            look();
        }
        return current;
    }

    private void look() {
        List<FileStamp> found = stamps();
        if (found.equals(seen)) {
            return;
        }
        // Stamps first, files second: what changes in between has another stamp at the next look.
        seen = found;
        try {
            current = Tls.context(options);
        } catch (CoordinationException e) {
            log.atWarn().setCause(e).log("Changed TLS files cannot be used, going on with the former ones");
            return;
        }
        log.atInfo().addKeyValue("files", files).log("TLS files changed, new connections use them");
        instrumentation.certificatesReloaded();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return newest().newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        return newest().newEngine(allocator, peerHost, peerPort);
    }

    @Override
    public boolean isClient() {
        return true;
    }

    @Override
    public List<String> cipherSuites() {
        return current.cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // the type is, the method is not
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return current.applicationProtocolNegotiator();
    }

    @Override
    public SSLSessionContext sessionContext() {
        return current.sessionContext();
    }
}
