package io.harpc.demo.api;

import java.math.BigDecimal;

import io.harpc.Idempotent;

/**
 * Divides numbers.
 */
public interface DivisionService {

	/**
	 * Divides one number by another, to 16 digits.
	 * @param num1 the dividend
	 * @param num2 the divisor
	 * @return the quotient, and who found it
	 * @throws DivisionByZeroException if the divisor is zero
	 */
	@Idempotent
	Division divide(BigDecimal num1, BigDecimal num2) throws DivisionByZeroException;

}
