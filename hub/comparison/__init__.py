"""What one agency sent beside what another received: tolerances, the matrix of senders and months, and open matters."""
