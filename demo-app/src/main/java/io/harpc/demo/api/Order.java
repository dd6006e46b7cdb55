package io.harpc.demo.api;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * An order that was taken.
 *
 * @param id the order's number, counted from 1
 * @param customer who ordered
 * @param lines the items
 * @param total the price of it all
 * @param placedAt when it was taken
 * @param takenBy the instance that took it, {@code host:port}
 */
public record Order(long id, String customer, List<OrderLine> lines, BigDecimal total, Instant placedAt,
		String takenBy) {

	public Order {
		lines = List.copyOf(lines);
	}

}
