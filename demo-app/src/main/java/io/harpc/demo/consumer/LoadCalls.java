package io.harpc.demo.consumer;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.random.RandomGenerator;

import io.harpc.demo.api.Division;
import io.harpc.demo.api.DivisionByZeroException;
import io.harpc.demo.api.DivisionService;
import io.harpc.demo.api.OrderPage;
import io.harpc.demo.api.OrderService;

/**
 * What the load calls: three divisions, then a page of orders, and so on. All of it is
 * idempotent, so none of it may fail while an instance is left. Answers are checked.
 */
final class LoadCalls {

	private static final int PAGE_SIZE = 10;

	private final DivisionService divisions;

	private final OrderService orders;

	LoadCalls(DivisionService divisions, OrderService orders) {
		this.divisions = divisions;
		this.orders = orders;
	}

	/**
	 * Makes one call.
	 * @param number the call's number, which decides what is called
	 * @param random where operands come from
	 * @return the instance that answered
	 * @throws DivisionByZeroException never, as no divisor is zero
	 */
	String call(long number, RandomGenerator random) throws DivisionByZeroException {
		return (number % 4 == 3) ? page() : divide(random);
	}

	private String divide(RandomGenerator random) throws DivisionByZeroException {
		BigDecimal num1 = BigDecimal.valueOf(random.nextInt(1000));
		BigDecimal num2 = BigDecimal.valueOf(random.nextInt(1, 1000));
		Division division = this.divisions.divide(num1, num2);
		BigDecimal expected = num1.divide(num2, MathContext.DECIMAL64);
		if (division.result().compareTo(expected) != 0) {
			throw new IllegalStateException(
					num1 + " / " + num2 + " = " + division.result() + " (expected: " + expected + ")");
		}
		return division.servedBy();
	}

	private String page() {
		OrderPage page = this.orders.page(0, PAGE_SIZE);
		long expected = Math.min(page.total(), PAGE_SIZE);
		if (page.orders().size() != expected) {
			throw new IllegalStateException(
					page.orders().size() + " of " + page.total() + " orders (expected: " + expected + ")");
		}
		return page.servedBy();
	}

}
