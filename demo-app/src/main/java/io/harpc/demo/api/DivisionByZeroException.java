package io.harpc.demo.api;

import java.math.BigDecimal;

/**
 * The divisor was zero. Declared by the service, so it reaches the caller as itself.
 */
public class DivisionByZeroException extends Exception {

	private static final long serialVersionUID = 1L;

	private final BigDecimal dividend;

	public DivisionByZeroException(BigDecimal dividend) {
		super(dividend.toPlainString() + " cannot be divided by zero");
		this.dividend = dividend;
	}

	/**
	 * What was to be divided.
	 * @return the dividend
	 */
	public BigDecimal getDividend() {
		return this.dividend;
	}

}
