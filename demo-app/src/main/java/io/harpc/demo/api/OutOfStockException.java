package io.harpc.demo.api;

/**
 * There is not enough of an item. Declared by the service, so it reaches the caller as
 * itself, with its fields.
 */
public class OutOfStockException extends Exception {

	private static final long serialVersionUID = 1L;

	private final String item;

	private final int wanted;

	private final int left;

	public OutOfStockException(String item, int wanted, int left) {
		super(item + ": " + wanted + " wanted, " + left + " left");
		this.item = item;
		this.wanted = wanted;
		this.left = left;
	}

	/**
	 * What there is not enough of.
	 * @return the item's name
	 */
	public String getItem() {
		return this.item;
	}

	/**
	 * How many were wanted.
	 * @return the number
	 */
	public int getWanted() {
		return this.wanted;
	}

	/**
	 * How many there are.
	 * @return the number
	 */
	public int getLeft() {
		return this.left;
	}

}
