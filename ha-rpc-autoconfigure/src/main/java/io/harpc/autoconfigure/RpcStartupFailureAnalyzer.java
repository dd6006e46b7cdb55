package io.harpc.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Prints what is wrong, where, and what to do, in place of a stack trace.
 */
final class RpcStartupFailureAnalyzer extends AbstractFailureAnalyzer<RpcStartupException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, RpcStartupException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
	}

}
