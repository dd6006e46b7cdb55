package io.harpc.demo.api;

import java.math.BigDecimal;

/**
 * A division done.
 *
 * @param num1 the dividend
 * @param num2 the divisor
 * @param result the quotient
 * @param servedBy the instance that divided, {@code host:port}
 */
public record Division(BigDecimal num1, BigDecimal num2, BigDecimal result, String servedBy) {

}
