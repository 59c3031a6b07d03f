package io.coordination.etcd;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that one watch was refused with since it was confirmed the last time.
 *
 * <p>Another token is tried at once, and once: etcd says "permission denied" also when it has forgotten one. Who is refused
 * with a fresh token too lacks the permission, and does not ask for another one because of such words.
 */
final class RefusedTokens {

    private @Nullable Token stale;
    private @Nullable Token denied;
    private boolean renewed;

    /**
     * Whether another token may help after a refusal with this one, which is dropped then.
     *
     * @param certain whether the server's words leave no doubt that the token is the reason
     */
    boolean renews(Token refused, boolean certain, TokenSource tokens) {
        if (renewed) {
            denied = refused;
            return false;
        }
        if ((refused == denied && !certain) || !tokens.refused(refused)) {
            return false;
        }
        renewed = true;
        stale = refused;
        return true;
    }

    /** A pause follows: after it another token may be tried again. */
    void paused() {
        renewed = false;
    }

    /** Whether it makes no sense to try with this token. */
    boolean contains(@Nullable Token token) {
        return token != null && token == stale;
    }

    /** The one that another one was taken for. */
    Optional<Token> stale() {
        return Optional.ofNullable(stale);
    }

    /** Begins anew: the server has the watch. */
    void clear() {
        stale = null;
        denied = null;
        renewed = false;
    }
}
