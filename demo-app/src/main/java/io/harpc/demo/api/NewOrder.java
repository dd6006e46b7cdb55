package io.harpc.demo.api;

import java.util.List;

/**
 * What a customer wants.
 *
 * @param lines the items, from 1 to 20
 */
public record NewOrder(List<OrderLine> lines) {

	private static final int MAX_LINES = 20;

	public NewOrder {
		int size = (lines != null) ? lines.size() : 0;
		if (size < 1 || size > MAX_LINES) {
			throw new IllegalArgumentException("lines: " + size + " (expected: 1 to " + MAX_LINES + ")");
		}
		lines = List.copyOf(lines);
	}

}
