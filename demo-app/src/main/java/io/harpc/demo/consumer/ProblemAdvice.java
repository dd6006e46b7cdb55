package io.harpc.demo.consumer;

import io.harpc.RpcException;
import io.harpc.demo.api.DivisionByZeroException;
import io.harpc.demo.api.OutOfStockException;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Tells by HTTP what came of a call. The services' declared exceptions arrive here as
 * themselves; everything else that can become of a call is an {@link RpcException} that
 * says what was tried.
 */
@RestControllerAdvice
class ProblemAdvice {

	@ExceptionHandler
	ProblemDetail divisionByZero(DivisionByZeroException ex) {
		return problem(HttpStatus.BAD_REQUEST, "Division by zero", ex);
	}

	@ExceptionHandler
	ProblemDetail outOfStock(OutOfStockException ex) {
		ProblemDetail problem = problem(HttpStatus.CONFLICT, "Out of stock", ex);
		problem.setProperty("item", ex.getItem());
		problem.setProperty("wanted", ex.getWanted());
		problem.setProperty("left", ex.getLeft());
		return problem;
	}

	@ExceptionHandler
	ProblemDetail callFailed(RpcException ex) {
		HttpStatus status = switch (ex.outcome()) {
			case NOT_SENT, NOT_STARTED -> HttpStatus.SERVICE_UNAVAILABLE;
			case EXPIRED, UNKNOWN -> HttpStatus.GATEWAY_TIMEOUT;
			default -> HttpStatus.BAD_GATEWAY;
		};
		ProblemDetail problem = problem(status, "The call did not succeed", ex);
		problem.setProperty("outcome", ex.outcome());
		return problem;
	}

	private static ProblemDetail problem(HttpStatus status, String title, Exception ex) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, ex.getMessage());
		problem.setTitle(title);
		return problem;
	}

}
