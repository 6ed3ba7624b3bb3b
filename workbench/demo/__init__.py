"""A recorded industry replayed over real HTTP and WebSocket, so that everything runs offline."""
