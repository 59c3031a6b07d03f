package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;

/** The database of the cluster has reached its quota: repeating does not help, unlike with other refusals to serve. */
final class DatabaseFullException extends CoordinationException {
    private static final long serialVersionUID = 1L;

    DatabaseFullException(String message, Throwable cause, boolean outcomeUnknown) {
        super(ErrorCode.SERVICE_UNAVAILABLE, message, cause, false, outcomeUnknown);
    }
}
