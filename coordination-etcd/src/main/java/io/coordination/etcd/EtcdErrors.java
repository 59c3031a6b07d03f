package io.coordination.etcd;

import static io.coordination.ErrorCode.CONFLICT;
import static io.coordination.ErrorCode.CONNECTION_ERROR;
import static io.coordination.ErrorCode.INTERNAL_ERROR;
import static io.coordination.ErrorCode.INVALID_STATE;
import static io.coordination.ErrorCode.NOT_FOUND;
import static io.coordination.ErrorCode.PERMISSION_DENIED;
import static io.coordination.ErrorCode.SERVICE_UNAVAILABLE;
import static io.coordination.ErrorCode.TIMEOUT_ERROR;
import static io.coordination.ErrorCode.VALIDATION_ERROR;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.internal.Durations;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a gRPC status becomes a {@link CoordinationException}: by code first, by the server's words second.
 *
 * <p>Each rule says whether such an answer proves that nothing was applied. Where it does not, the outcome is unknown as
 * soon as a change may have left this process.
 */
final class EtcdErrors {

    /** What an answer proves about the request. */
    private enum Proof {
        /** Nothing was applied. */
        NOT_APPLIED,
        /** Nothing: it may have been applied. */
        NONE
    }

    private record Rule(Status.Code code, String words, ErrorCode error, Proof proof, String sentence) {
        boolean matches(Status status, String description) {
            return status.getCode() == code && description.contains(words);
        }
    }

    private static final String FULL = "database space exceeded";

    private static final List<Rule> RULES = List.of(
            refusal(
                    Status.Code.INVALID_ARGUMENT,
                    "authentication failed",
                    PERMISSION_DENIED,
                    "the server refused the credentials: check username and password"),
            refusal(
                    Status.Code.INVALID_ARGUMENT,
                    "user name is empty",
                    PERMISSION_DENIED,
                    "the server wants credentials: set username and password"),
            refusal(
                    Status.Code.INVALID_ARGUMENT,
                    "revision of auth store is old",
                    SERVICE_UNAVAILABLE,
                    "users or roles are being changed on the server"),
            refusal(
                    Status.Code.INVALID_ARGUMENT,
                    "request is too large",
                    VALIDATION_ERROR,
                    "the request is larger than the server takes (1.5 MiB unless --max-request-bytes says otherwise)"),
            refusal(
                    Status.Code.INVALID_ARGUMENT,
                    "too many operations",
                    VALIDATION_ERROR,
                    "the transaction has more operations than the server takes (128 unless --max-txn-ops says otherwise)"),
            refusal(
                    Status.Code.INVALID_ARGUMENT,
                    "duplicate key",
                    VALIDATION_ERROR,
                    "the transaction changes one key twice in a branch"),
            refusal(Status.Code.INVALID_ARGUMENT, "", VALIDATION_ERROR, "the server refused the request"),
            refusal(Status.Code.NOT_FOUND, "lease not found", NOT_FOUND, "the lease expired or was revoked"),
            refusal(Status.Code.NOT_FOUND, "", NOT_FOUND, "the server does not know it"),
            refusal(Status.Code.ALREADY_EXISTS, "", CONFLICT, "it exists already"),
            refusal(
                    Status.Code.FAILED_PRECONDITION,
                    "lease already exists",
                    CONFLICT,
                    "the lease id is in use already"),
            refusal(Status.Code.FAILED_PRECONDITION, "", INVALID_STATE, "it does not fit the state of the server"),
            refusal(
                    Status.Code.OUT_OF_RANGE,
                    "compacted",
                    NOT_FOUND,
                    "the revision was compacted away: read again at a newer one"),
            refusal(
                    Status.Code.OUT_OF_RANGE,
                    "future revision",
                    SERVICE_UNAVAILABLE,
                    "the member that answered has not reached the revision yet"),
            refusal(Status.Code.OUT_OF_RANGE, "", VALIDATION_ERROR, "the server refused a number as out of range"),
            refusal(
                    Status.Code.PERMISSION_DENIED,
                    "",
                    PERMISSION_DENIED,
                    "the user lacks the permission: give its role read and write access to these keys"),
            refusal(
                    Status.Code.UNAUTHENTICATED,
                    "",
                    PERMISSION_DENIED,
                    "the server refused the credentials: check username and password"),
            refusal(
                    Status.Code.RESOURCE_EXHAUSTED,
                    FULL,
                    SERVICE_UNAVAILABLE,
                    "the database of the cluster reached its quota and takes no writes: compact, defragment and disarm the"
                            + " NOSPACE alarm, or raise --quota-backend-bytes"),
            refusal(
                    Status.Code.RESOURCE_EXHAUSTED,
                    "too many requests",
                    SERVICE_UNAVAILABLE,
                    "the server has too many requests to work on"),
            refusal(
                    Status.Code.RESOURCE_EXHAUSTED,
                    "larger than max",
                    VALIDATION_ERROR,
                    "the request is larger than the server takes"),
            doubt(
                    Status.Code.RESOURCE_EXHAUSTED,
                    "exceeds maximum size",
                    VALIDATION_ERROR,
                    "the answer is larger than 64 MiB: read in pages with a limit"),
            doubt(Status.Code.RESOURCE_EXHAUSTED, "", SERVICE_UNAVAILABLE, "the server ran out of a resource"),
            refusal(
                    Status.Code.UNIMPLEMENTED,
                    "",
                    INTERNAL_ERROR,
                    "the server does not know this call: the endpoint must be an etcd 3.4 or later"),
            doubt(Status.Code.DEADLINE_EXCEEDED, "", TIMEOUT_ERROR, "no answer came in time"),
            refusal(
                    Status.Code.UNKNOWN,
                    "user name is empty",
                    PERMISSION_DENIED,
                    "the server wants credentials: set username and password"),
            refusal(
                    Status.Code.UNKNOWN,
                    "invalid auth token",
                    PERMISSION_DENIED,
                    "the server refused the credentials: check username and password"),
            doubt(
                    Status.Code.UNKNOWN,
                    "context deadline exceeded",
                    TIMEOUT_ERROR,
                    "the cluster did not agree on it in time"),
            refusal(
                    Status.Code.UNAVAILABLE,
                    "not supported for learner",
                    SERVICE_UNAVAILABLE,
                    "the endpoint is a learner, which serves no clients: leave it out"),
            doubt(
                    Status.Code.UNAVAILABLE,
                    "no leader",
                    SERVICE_UNAVAILABLE,
                    "the cluster has no leader: a majority of its members must be up"),
            doubt(Status.Code.UNAVAILABLE, "etcdserver:", SERVICE_UNAVAILABLE, "the cluster cannot serve at present"),
            doubt(Status.Code.DATA_LOSS, "", INTERNAL_ERROR, "the server reports damaged data"));

    private static final Rule NEVER_READY = refusal(
            Status.Code.DEADLINE_EXCEEDED,
            "",
            TIMEOUT_ERROR,
            "no connection was ready in time: the endpoint does not answer as an etcd server would");

    private static final Rule OTHERWISE =
            doubt(Status.Code.UNKNOWN, "", SERVICE_UNAVAILABLE, "the server failed to serve the call");

    private final String endpoints;
    private final boolean tls;

    /** For endpoints that are all reached over TLS, or none. */
    EtcdErrors(List<Endpoint> endpoints) {
        this.tls = endpoints.get(0).tls();
        this.endpoints = endpoints.size() == 1
                ? endpoints.get(0).toString()
                : String.join(", ", endpoints.stream().map(Endpoint::toString).toList());
    }

    private static Rule refusal(Status.Code code, String words, ErrorCode error, String sentence) {
        return new Rule(code, words, error, Proof.NOT_APPLIED, sentence);
    }

    private static Rule doubt(Status.Code code, String words, ErrorCode error, String sentence) {
        return new Rule(code, words, error, Proof.NONE, sentence);
    }

    /** The endpoints as they stand in messages. */
    String endpoints() {
        return endpoints;
    }

    /**
     * The exception for one attempt.
     *
     * @param operation what was attempted, as the subject of a sentence
     * @param changes whether it changes something
     * @param maybeSent whether it may have left this process
     */
    CoordinationException of(String operation, boolean changes, Status status, boolean maybeSent) {
        String description = firstLine(status.getDescription());
        Rule rule = rule(status, description, maybeSent);
        boolean unknown = changes && maybeSent && rule.proof() == Proof.NONE;
        String sentence = rule.sentence() + (says(status, description) ? " (" + description + ")" : "");
        return create(rule, text(operation, sentence), status.asRuntimeException(), unknown);
    }

    /** Netty appends its whole pipeline to some descriptions. */
    private static String firstLine(@Nullable String description) {
        return description == null ? "" : description.lines().findFirst().orElse("");
    }

    /** Whether the words of a status are worth repeating. */
    private static boolean says(Status status, String description) {
        return !description.isEmpty()
                && status.getCode() != Status.Code.DEADLINE_EXCEEDED
                && !(status.getCode() == Status.Code.UNAVAILABLE && status.getCause() != null);
    }

    private Rule rule(Status status, String description, boolean maybeSent) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED && !maybeSent) {
            return NEVER_READY;
        }
        for (Rule rule : RULES) {
            if (rule.matches(status, description)) {
                return rule;
            }
        }
        return isDisconnect(status, description) ? disconnected(status, description, maybeSent) : OTHERWISE;
    }

    /** What is no HTTP/2 at all comes as an internal error. */
    private static boolean isDisconnect(Status status, String description) {
        return status.getCode() == Status.Code.UNAVAILABLE
                || (status.getCode() == Status.Code.INTERNAL && description.equals("http2 exception"));
    }

    private Rule disconnected(Status status, String description, boolean maybeSent) {
        String sentence = ConnectionFailure.sentence(status, description, tls, maybeSent);
        return doubt(Status.Code.UNAVAILABLE, "", CONNECTION_ERROR, sentence);
    }

    private static CoordinationException create(Rule rule, String message, Throwable cause, boolean unknown) {
        boolean lasting = rule.words().equals(FULL);
        return lasting
                ? CoordinationException.lasting(rule.error(), message, cause, unknown)
                : of(rule.error(), message, cause, unknown);
    }

    private static CoordinationException of(ErrorCode code, String message, Throwable cause, boolean unknown) {
        return unknown
                ? CoordinationException.withUnknownOutcome(code, message, cause)
                : CoordinationException.of(code, message, cause);
    }

    /** The same failure as the end of a whole call: with what its attempts leave open together. */
    CoordinationException atLast(CoordinationException last, boolean outcomeUnknown, int attempts, Duration timeout) {
        boolean unknown = last.outcomeUnknown() || outcomeUnknown;
        boolean plain = attempts <= 1 && last.code() != TIMEOUT_ERROR;
        if (plain && unknown == last.outcomeUnknown()) {
            return last;
        }
        String count = attempts <= 1 ? "1 attempt" : attempts + " attempts";
        String message = last.getMessage() + "; " + count + " within " + Durations.text(timeout);
        Throwable cause = last.getCause() == null ? last : last.getCause();
        return last.retryable()
                ? of(last.code(), message, cause, unknown)
                : CoordinationException.lasting(last.code(), message, cause, unknown);
    }

    /** The exception for an answer that came and makes no sense. */
    CoordinationException unreadable(String operation, boolean changes, Throwable cause) {
        return of(INTERNAL_ERROR, text(operation, "its answer cannot be read"), cause, changes);
    }

    /** A sentence about an operation: what, where, why. */
    String text(String operation, String reason) {
        return operation + " failed on etcd at " + endpoints + ": " + reason;
    }

    /**
     * Whether another member may do better, because this one hangs, is cut off from the others, or does not serve.
     * Everything else is an answer of a member that lives.
     */
    static boolean isMemberProblem(Status status) {
        String words = firstLine(status.getDescription());
        return switch (status.getCode()) {
            case UNAVAILABLE -> !words.contains("leader changed");
            case DEADLINE_EXCEEDED, CANCELLED -> true;
            case UNKNOWN -> words.contains("context deadline exceeded");
            case INTERNAL -> isDisconnect(status, words) || words.contains("RST_STREAM");
            default -> false;
        };
    }

    /** Whether a fresh token may help. */
    static boolean isTokenProblem(Status status) {
        return status.getCode() == Status.Code.UNAUTHENTICATED || isTokenProblem(status.getDescription());
    }

    /** Whether a fresh token may help, by the server's words alone: the reason of a refused watch has no code. */
    static boolean isTokenProblem(@Nullable String words) {
        return words != null
                && (words.contains("invalid auth token")
                        || words.contains("revision of auth store is old")
                        || words.contains("user name is empty"));
    }
}
