package io.harpc.demo.api;

/**
 * One item of an order.
 *
 * @param item the item's name
 * @param quantity how many, from 1 to 1000
 */
public record OrderLine(String item, int quantity) {

	private static final int MAX_NAME_LENGTH = 50;

	private static final int MAX_QUANTITY = 1000;

	public OrderLine {
		if (item == null || item.isBlank() || item.length() > MAX_NAME_LENGTH) {
			throw new IllegalArgumentException(
					"item: '" + item + "' (expected: a name of at most " + MAX_NAME_LENGTH + " characters)");
		}
		if (quantity < 1 || quantity > MAX_QUANTITY) {
			throw new IllegalArgumentException("quantity: " + quantity + " (expected: 1 to " + MAX_QUANTITY + ")");
		}
	}

}
